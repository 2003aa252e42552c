// A broadcaster that is frozen takes connections and says nothing. Its readers are taken elsewhere.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@vana/test-kit';
import { call, storedEvents } from './api.js';
import { NativeReader } from './clients/native-reader.js';
import { storedOnly } from './clients/stream-client.js';
import { EndlessRuns } from './endless-runs.js';
import { startSystem, type RunningSystem } from './set-up.js';

/** 3 s without a beat, the time until somebody else's beat tells of it, and some for a busy machine. */
const LEFT_WITHIN_MS = 5_500;

let system: RunningSystem;
let token: string;
beforeAll(async () => {
  system = await startSystem('cluster', { RESEARCH_ENGINE: 'scripted', NODE_ENV: 'test' });
  token = await system.token('alice');
}, 180_000);
afterAll(() => system.stop());

/** Streams that a broadcaster holds now. */
async function openStreams(broadcaster: string): Promise<number> {
  const text = await (await fetch(`${broadcaster}/metrics`)).text();
  const counts = text.matchAll(/^vana_broadcaster_connections_open\{[^}]*\} (\d+)$/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

describe('a frozen broadcaster', () => {
  it('is left by its readers within seconds; they miss nothing', async () => {
    const sessionId = `s-${randomUUID()}`;
    const gateway = system.gateways[0]!;
    await call(`${gateway}/api/sessions`, { method: 'POST', token, json: { session_id: sessionId } });
    const reader = new NativeReader(`${gateway}/api/stream/${sessionId}?replay=all`, token);
    await eventually(() => reader.has('caught_up'));
    const holder = await eventually(async () => {
      const open = await Promise.all(system.broadcasters.map(openStreams));
      const at = open.findIndex((count) => count === 1);
      return at >= 0 && at;
    });
    const { pid } = system.processes.find(({ name }) => name === `broadcaster-${holder + 1}`)!;
    const runs = new EndlessRuns(gateway, sessionId, token);
    await eventually(() => runs.started >= 2);

    process.kill(pid, 'SIGSTOP');
    try {
      const frozenMs = performance.now();
      const verdicts = () => reader.blocks.filter(({ type }) => type === 'agent_network_connection');
      await eventually(() => verdicts().length === 2, 15_000);
      const leftMs = performance.now() - frozenMs;
      expect(leftMs).toBeLessThan(LEFT_WITHIN_MS);
      expect(JSON.parse(verdicts()[1]!.data)).toMatchObject({ resume: { verdict: 'resumed' } });

      await runs.stop();
      const stored = await eventually(async () => {
        const events = await storedEvents(gateway, sessionId, token);
        return events.at(-1)?.type === 'research_complete' && events;
      });
      await eventually(() => storedOnly(reader.blocks).length >= stored.length);
      expect(storedOnly(reader.blocks).map(({ id }) => id)).toEqual(stored.map(({ id }) => id));

      // Who comes now is not sent there any more.
      const startMs = performance.now();
      const late = new NativeReader(`${gateway}/api/stream/${sessionId}`, token);
      await eventually(() => late.has('caught_up'));
      expect(performance.now() - startMs).toBeLessThan(1_000);
      late.close();
    } finally {
      process.kill(pid, 'SIGCONT');
      reader.close();
    }
  }, 60_000);
});
