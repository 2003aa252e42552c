// A real nginx with the documented settings in front: a server behind it is killed, and native EventSources go
// on by themselves without missing or repeating anything.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startNginx, type Nginx } from '@vana/test-kit';
import { call, storedEvents } from './api.js';
import { NativeReader } from './clients/native-reader.js';
import { storedOnly } from './clients/stream-client.js';
import { EndlessRuns } from './endless-runs.js';
import { startSystem, type RunningSystem } from './set-up.js';

const CONFIGS = join(import.meta.dirname, '..', '..', 'docs', 'operations', 'nginx');
const READERS = 4;

let system: RunningSystem;
let token: string;
beforeAll(async () => {
  system = await startSystem('cluster', { RESEARCH_ENGINE: 'scripted', NODE_ENV: 'test', BROADCASTER_EXPOSED: 'true' });
  token = await system.token('alice');
}, 180_000);
afterAll(() => system.stop());

function kill(name: string): void {
  process.kill(system.processes.find((one) => one.name === name)!.pid, 'SIGKILL');
}

/** Follows a busy session through nginx, kills a process in the middle, and compares with what is stored. */
async function readersSurvive(nginx: Nginx, victim: string, safeGateway: string): Promise<NativeReader[]> {
  const sessionId = `s-${randomUUID()}`;
  await call(`${safeGateway}/api/sessions`, { method: 'POST', token, json: { session_id: sessionId } });
  const readers = Array.from(
    { length: READERS },
    () => new NativeReader(`${nginx.url}/api/stream/${sessionId}?replay=all`, token),
  );
  try {
    await eventually(() => readers.every((reader) => reader.has('caught_up')));
    const runs = new EndlessRuns(nginx.url, sessionId, token);
    await eventually(() => runs.started >= 3);
    kill(victim);
    const before = runs.started;
    await eventually(() => runs.started >= before + 5, 30_000);
    await runs.stop();
    const stored = await eventually(async () => {
      const events = await storedEvents(safeGateway, sessionId, token);
      return events.at(-1)?.type === 'research_complete' && events;
    });
    const expected = stored.map(({ id }) => id);
    await eventually(() => readers.every((reader) => storedOnly(reader.blocks).length >= expected.length), 30_000);
    for (const reader of readers) {
      expect(reader.isAlive).toBe(true);
      expect(storedOnly(reader.blocks).map(({ id }) => id)).toEqual(expected);
      expect(reader.has('gap')).toBe(false);
    }
    return readers;
  } finally {
    for (const reader of readers) reader.close();
  }
}

describe('nginx', () => {
  it('hashing by session in front of exposed broadcasters: one is killed', async () => {
    const upstreams = { vana_broadcasters: system.broadcasters, vana_gateways: system.gateways };
    const nginx = await startNginx({ config: join(CONFIGS, 'broadcasters.conf'), upstreams });
    try {
      // All of a session's readers are at one broadcaster: one of the three is certain to have them.
      const sessionId = `s-${randomUUID()}`;
      await call(`${nginx.url}/api/sessions`, { method: 'POST', token, json: { session_id: sessionId } });
      expect((await call(`${nginx.url}/api/stream/${sessionId}`)).status).toBe(401);
      const foreign = await call(`${nginx.url}/api/stream/${sessionId}`, { token: await system.token('mallory') });
      expect(foreign.status).toBe(404);

      const counts = [];
      for (const victim of ['broadcaster-1', 'broadcaster-2']) {
        const readers = await readersSurvive(nginx, victim, system.gateways[0]!);
        counts.push(readers.map(({ losses }) => losses));
      }
      // Readers of one session share their fate.
      for (const losses of counts) expect(new Set(losses.map((count) => count > 0)).size).toBe(1);
    } finally {
      await nginx.stop();
    }
  }, 120_000);

  it('in front of the gateways: one is killed', async () => {
    const nginx = await startNginx({
      config: join(CONFIGS, 'gateways.conf'),
      upstreams: { vana_gateways: system.gateways },
    });
    try {
      const readers = await readersSurvive(nginx, 'gateway-2', system.gateways[0]!);
      // The streams were spread over both, so some have lost theirs.
      expect(readers.some(({ losses }) => losses > 0)).toBe(true);
    } finally {
      await nginx.stop();
    }
  }, 120_000);
});
