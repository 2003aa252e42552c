// A broadcaster that clients reach without a gateway keeps a gateway's limits by itself.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@vana/test-kit';
import { BroadcasterWorld } from './spec/broadcaster-world.js';
import { readBroadcasterSettings } from './settings.js';

const JWT_SECRET = 's'.repeat(32);
let world: BroadcasterWorld;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vana-exposed-'));
});
afterEach(async () => {
  await world.close();
  await rm(folder, { recursive: true });
});

async function start(env: Record<string, string>): Promise<void> {
  const { frontDoor, allowOrigins } = readBroadcasterSettings({ JWT_SECRET, AUDIT_LOG: 'off', ...env });
  world = await BroadcasterWorld.start({ settings: { frontDoor, allowOrigins } });
}

describe('an exposed broadcaster', () => {
  it('refuses an address over its limit, a stream’s client in a way that lets it come back', async () => {
    await start({ RATE_LIMIT_ADDRESS: '2' });
    const { sessionId } = await world.session();
    for (let n = 0; n < 2; n++) expect((await world.ask('/api/poll/unknown?wait=0')).status).toBe(404);
    expect(await world.ask(`/api/poll/${sessionId}?wait=0`)).toMatchObject({
      status: 429,
      body: { error: { code: 'rate_limited' } },
    });
    const stream = await world.open(`/api/stream/${sessionId}`, { accept: 'text/event-stream' });
    expect(stream.status).toBe(200);
    expect((await stream.end()).blocks).toMatchObject([{ event: 'closing', data: { reason: 'rate_limited' } }]);
  });

  it('answers pages of allowed origins, also with streams, and says on what the answer depends', async () => {
    await start({ ALLOW_ORIGINS: 'https://app.example' });
    const { sessionId } = await world.session();
    const allowed = await world.open(`/api/stream/${sessionId}`, { origin: 'https://app.example' });
    expect(allowed.response.headers).toMatchObject({
      'access-control-allow-origin': 'https://app.example',
      'x-content-type-options': 'nosniff',
    });
    const other = await world.open(`/api/stream/${sessionId}`, { origin: 'https://evil.example' });
    expect(other.response.headers['access-control-allow-origin']).toBeUndefined();
    for (const { response } of [allowed, other]) expect(response.headers.vary).toMatch(/\bOrigin\b/i);
  });

  it('writes who came and who was refused into its audit log', async () => {
    const file = join(folder, 'audit.log');
    await start({ AUDIT_LOG: file });
    const { sessionId } = await world.session();
    const stream = await world.open(`/api/stream/${sessionId}`);
    await stream.block('caught_up');
    stream.close();
    await world.ask('/api/poll/unknown?wait=0');
    const lines = await eventually(async () => {
      const found = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
      return found.length === 3 && found.map((line) => JSON.parse(line) as Record<string, unknown>);
    });
    const events = lines.map(({ event }) => event).sort();
    expect(events).toEqual(['close', 'connect', 'refusal']);
    for (const line of lines) expect(line).toMatchObject({ service: 'broadcaster', principal: 'ada', tenant: 'acme' });
  });
});
