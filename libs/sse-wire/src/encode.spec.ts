import { describe, expect, it } from '@jest/globals';
import type { StoredEvent } from '@vana/events';
import { COMMENT, encodeControl, encodeEvent, encodeRetry } from './encode.js';

const event: StoredEvent = {
  schemaVersion: 1,
  type: 'research_progress',
  channel: 'research',
  sessionId: 's1',
  runId: 'r7',
  data: { overall_progress: 0.42, text: 'line one\nline two\r\u2028\u0000 ü 🎈' },
  id: 'r7:3',
  createdAt: '2026-01-01T00:00:00.000Z',
};

describe('encodeEvent', () => {
  it('writes name, id and one data line, LF only', () => {
    const text = encodeEvent('k3f9-1042', event).toString();
    const lines = text.split('\n');
    expect(lines.slice(0, 2)).toEqual(['event: research_progress', 'id: k3f9-1042']);
    expect(lines).toHaveLength(5);
    expect(text.endsWith('\n\n')).toBe(true);
    expect(text).not.toContain('\r');
    expect(text).not.toContain('\0');
  });

  it('adds the envelope where the payload does not have it', () => {
    const data = JSON.parse(encodeEvent('k-1', event).toString().split('\n')[2]!.slice(6)) as Record<string, unknown>;
    expect(data).toEqual({
      sessionId: 's1',
      runId: 'r7',
      channel: 'research',
      timestamp: '2026-01-01T00:00:00.000Z',
      ...event.data,
    });
    const own = { ...event, data: { timestamp: 'mine', runId: 'other' } };
    expect(encodeEvent('k-1', own).toString()).toContain('"timestamp":"mine"');
    expect(encodeEvent('k-1', own).toString()).toContain('"runId":"other"');
  });

  it('puts the reconnect hint in front and renames on request', () => {
    const text = encodeEvent('k-1', { ...event, type: 'error', retry: 900 }, 'run_error').toString();
    expect(text.startsWith('retry: 900\nevent: run_error\n')).toBe(true);
  });

  it.each(['a\nb', 'a\rb', 'a\0b'])('refuses %j as a name', (name) => {
    expect(() => encodeEvent('k-1', { ...event, type: name })).toThrow(
      expect.objectContaining({ code: 'invalid_event' }),
    );
  });
});

describe('control blocks', () => {
  it('are frames with the last position considered', () => {
    const block = encodeControl({
      type: 'heartbeat',
      position: 'k-9',
      data: { timestamp: '2026-01-01T00:00:00.000Z' },
    });
    expect(block.toString()).toBe('event: heartbeat\nid: k-9\ndata: {"timestamp":"2026-01-01T00:00:00.000Z"}\n\n');
  });

  it('retry and comment end on a frame boundary', () => {
    expect(encodeRetry(840.4).toString()).toBe('retry: 840\n\n');
    expect(COMMENT.toString()).toBe(':\n\n');
  });
});
