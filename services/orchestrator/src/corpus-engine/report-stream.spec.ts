import { describe, expect, it } from '@jest/globals';
import type { EventData } from '@vana/events';
import { ReportStream } from './report-stream.js';
import { RunDesk } from '../engine/run-desk.js';

async function stream(pieces: readonly string[], expected: number): Promise<EventData<'message_chunk'>[]> {
  const chunks: EventData<'message_chunk'>[] = [];
  const task = { runId: 'r', sessionId: 's', query: 'q' };
  const emit = async ({ type, data }: { type: string; data: object }): Promise<void> => {
    if (type === 'message_chunk') chunks.push(data as EventData<'message_chunk'>);
  };
  const run = new RunDesk(task, emit, new AbortController().signal, () => 0);
  const report = new ReportStream(run, 'm', expected);
  for (const piece of pieces) await report.write(piece);
  expect(await report.end()).toBe(pieces.join(''));
  return chunks;
}

describe('ReportStream', () => {
  it('collects small pieces and joins up to the whole', async () => {
    const pieces = Array.from({ length: 300 }, (_, at) => `piece ${at} `);
    const chunks = await stream(pieces, pieces.join('').length);
    expect(chunks.map(({ delta }) => delta).join('')).toBe(pieces.join(''));
    expect(Math.min(...chunks.slice(0, -1).map(({ delta }) => delta.length))).toBeGreaterThan(80);
    expect(chunks.slice(0, -1).every(({ delta }) => delta.endsWith(' '))).toBe(true);
  });

  it('makes longer chunks of a longer report, so that their number is bounded', async () => {
    const text = 'word '.repeat(40_000);
    const chunks = await stream([text], text.length);
    expect(chunks.length).toBeLessThanOrEqual(75);
  });

  it('never cuts a character in two', async () => {
    const chunks = await stream(['😀'.repeat(1001), 'a', '😀'.repeat(1001)], 4005);
    expect(chunks.every(({ delta }) => delta.isWellFormed())).toBe(true);
  });
});
