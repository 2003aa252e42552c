// Redis slow, down and back: every call ends soon, and history works again without anybody's help.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { VanaError } from '@vana/events';
import type { LogEntry } from '@vana/stream-core';
import { FakeClock, eventually, sampleEvent, startRedisServer, type RedisServer } from '@vana/test-kit';
import { RedisEventHistory } from './redis-event-history.js';
import { connectRedis, type RedisLink } from './redis-link.js';

describe('a Redis in trouble', () => {
  const session = { tenant: 'acme', sessionId: 's1' };
  const entry: LogEntry = { seq: 1, prev: 0, storedAtMs: 1, event: sampleEvent(session, 'e1') };
  let server: RedisServer;
  let clock: FakeClock;
  let link: RedisLink;
  let history: RedisEventHistory;
  beforeEach(async () => {
    server = await startRedisServer();
    clock = new FakeClock();
    link = await connectRedis(server.url, { clock, breaker: { failureThreshold: 3, pauseMs: 1_000 } });
    history = new RedisEventHistory(link);
  });
  afterEach(async () => {
    link.close();
    server.signal('SIGCONT');
    await server.stop('SIGKILL');
  });
  const read = (): Promise<LogEntry[]> => history.read(session, 'e1', 0, 10);
  /** Reason of the refusal and how long it took. */
  const refusal = async (): Promise<{ reason: unknown; code: string; ms: number }> => {
    const start = performance.now();
    const error = await read().then(
      () => {
        throw new Error('should have failed');
      },
      (reason: unknown) => reason as VanaError,
    );
    return { reason: error.details?.reason, code: error.code, ms: performance.now() - start };
  };

  it('frozen: commands time out, the breaker opens, a probe closes it once Redis is awake', async () => {
    await history.append(session, 'e1', [entry]);
    server.signal('SIGSTOP');
    for (let i = 0; i < 3; i++) {
      const { reason, code, ms } = await refusal();
      expect([code, reason]).toEqual(['history_unavailable', 'no_answer']);
      expect(ms).toBeGreaterThan(150);
      expect(ms).toBeLessThan(1_500);
    }
    expect(link.state).toBe('open');
    const refused = await refusal();
    expect(refused.reason).toBe('breaker_open');
    expect(refused.ms).toBeLessThan(100);

    await clock.advance(1_000);
    expect(link.state).toBe('half_open');
    expect((await refusal()).reason).toBe('no_answer');
    expect(link.state).toBe('open');

    server.signal('SIGCONT');
    await eventually(async () => {
      await clock.advance(1_000);
      return (await read()).length === 1;
    });
    expect(link.state).toBe('closed');
  });

  it('killed: calls are refused at once, and work again when it is back, empty', async () => {
    await history.append(session, 'e1', [entry]);
    await server.kill('SIGKILL');
    await eventually(() => link.state === 'disconnected');
    const refused = await refusal();
    expect(refused.reason).toBe('disconnected');
    expect(refused.ms).toBeLessThan(100);
    await server.restart();
    await eventually(async () => (await read()).length === 0);
    await history.append(session, 'e1', [entry]);
    expect(await read()).toEqual([entry]);
    expect(link.state).toBe('closed');
  });

  it('opened the breaker and was then restarted: the new connection closes it without a pause', async () => {
    server.signal('SIGSTOP');
    for (let i = 0; i < 3; i++) await refusal();
    expect(link.state).toBe('open');
    await server.kill('SIGKILL');
    await server.restart();
    await eventually(async () => (await read()).length === 0);
    expect(link.state).toBe('closed');
  });

  it('frozen for long: the silent connection is given up and made anew', async () => {
    server.signal('SIGSTOP');
    await refusal();
    await eventually(() => link.state === 'disconnected', 15_000);
    server.signal('SIGCONT');
    await eventually(async () => (await read()).length === 0, 15_000);
  });

  it('answers with an error: the call fails, the breaker does not open', async () => {
    for (let i = 0; i < 5; i++) {
      await expect(link.run((redis) => redis.call('NO_SUCH_COMMAND'))).rejects.toMatchObject({
        code: 'history_unavailable',
        details: { reason: 'refused' },
      });
    }
    expect(link.state).toBe('closed');
    expect(await read()).toEqual([]);
  });

  it('missing at the start: connectRedis resolves, and history works when it comes', async () => {
    await server.kill('SIGKILL');
    const errors: Error[] = [];
    const early = await connectRedis(server.url, { onError: (error) => void errors.push(error) });
    try {
      expect(early.state).toBe('disconnected');
      expect(errors.length).toBeGreaterThan(0);
      const late = new RedisEventHistory(early);
      await expect(late.read(session, 'e1', 0, 10)).rejects.toBeInstanceOf(VanaError);
      await server.restart();
      await eventually(async () => (await late.read(session, 'e1', 0, 10)).length === 0);
    } finally {
      early.close();
    }
  });

  it('frozen at the start: connectRedis does not wait for ever', async () => {
    server.signal('SIGSTOP');
    const start = performance.now();
    const early = await connectRedis(server.url, { connectWaitMs: 300 });
    expect(performance.now() - start).toBeLessThan(3_000);
    expect(early.state).toBe('disconnected');
    early.close();
    early.close();
  });
});
