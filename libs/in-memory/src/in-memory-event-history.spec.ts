import { describe, expect, it } from '@jest/globals';
import type { LogEntry } from '@vana/stream-core';
import { FakeClock, eventHistoryContract, sampleEvent } from '@vana/test-kit';
import { InMemoryEventHistory, type InMemoryHistoryLimits } from './in-memory-event-history.js';

eventHistoryContract('in-memory', async () => {
  const clock = new FakeClock();
  return {
    history: new InMemoryEventHistory(clock),
    limited: (limits) => new InMemoryEventHistory(clock, limits),
    nowMs: clock.now(),
    close: async () => undefined,
  };
});

describe('InMemoryEventHistory', () => {
  const clock = new FakeClock();
  const session = (sessionId: string) => ({ tenant: 'acme', sessionId });
  const entry = (sessionId: string, seq: number, prev: number, text = ''): LogEntry => ({
    seq,
    prev,
    storedAtMs: clock.now(),
    event: sampleEvent(session(sessionId), `e${seq}`, { data: { text } }),
  });
  const open = (limits: Partial<InMemoryHistoryLimits>) => new InMemoryEventHistory(clock, limits);
  const held = async (history: InMemoryEventHistory, sessionId: string) =>
    (await history.read(session(sessionId), 'e1', 0, 100)).map(({ seq }) => seq);

  it('forgets entries by their stored time, and the session with the last of them', async () => {
    const history = open({ entryTtlMs: 1_000 });
    await history.append(session('a'), 'e1', [entry('a', 1, 0)]);
    await clock.advance(600);
    await history.append(session('a'), 'e1', [entry('a', 2, 1)]);
    await clock.advance(600);
    expect(await held(history, 'a')).toEqual([2]);
    await clock.advance(600);
    expect(await held(history, 'a')).toEqual([]);
    expect(history.stats()).toEqual({ sessions: 0, bytes: 0 });
  });

  it('frees expired sessions that nobody reads when another one is written', async () => {
    const history = open({ entryTtlMs: 1_000 });
    await history.append(session('a'), 'e1', [entry('a', 1, 0)]);
    await history.append(session('b'), 'e1', [entry('b', 2, 0)]);
    await clock.advance(2_000);
    await history.append(session('c'), 'e1', [entry('c', 3, 0)]);
    expect(history.stats().sessions).toBe(1);
  });

  it('keeps all sessions together within the total: the one written longest ago goes first', async () => {
    const text = 'x'.repeat(1_000);
    const history = open({ maxTotalBytes: 3_000 });
    await history.append(session('a'), 'e1', [entry('a', 1, 0, text)]);
    await history.append(session('b'), 'e1', [entry('b', 2, 0, text)]);
    await history.append(session('a'), 'e1', [entry('a', 3, 1)]);
    await history.append(session('c'), 'e1', [entry('c', 4, 0, text)]);
    expect(await held(history, 'b')).toEqual([]);
    expect(await held(history, 'a')).toEqual([1, 3]);
    expect(await held(history, 'c')).toEqual([4]);
    expect(history.stats().bytes).toBeLessThanOrEqual(3_000);
  });
});
