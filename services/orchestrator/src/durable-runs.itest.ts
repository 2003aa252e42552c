// Orchestrators as processes of their own on a real NATS: killed without warning, stopped from elsewhere, filled.
// DURABLE_KILLS=20 kills at as many points (4 by default).
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { NatsEventLog, ensureEventStream } from '@vana/event-bus-nats';
import type { StoredEvent } from '@vana/events';
import { ORCHESTRATOR_PATTERNS, decodeReply, type OrchestratorCommands, type RunRecord } from '@vana/run-state';
import { KvRunStore } from '@vana/session-store';
import { eventually, startNatsServer, type NatsServer } from '@vana/test-kit';
import { ALICE } from './spec/pods.js';

const KILLS = Number(process.env['DURABLE_KILLS'] ?? 4);
const EVENTS = 60;
const PACE_MS = 25;
const MAIN = join(import.meta.dirname, '..', 'dist', 'main.js');

let server: NatsServer;
let nats: NatsConnection;
let log: NatsEventLog;
let runs: KvRunStore;
let model: Server;
/** How often the model was asked, by `/<run>/<step>`. */
const calls = new Map<string, number>();
const pods = new Set<ChildProcess>();

async function startPod(env: Record<string, string> = {}): Promise<ChildProcess> {
  const port = await freePort();
  const child = spawn(process.execPath, [MAIN], {
    env: {
      ...process.env,
      ...{
        PORT: String(port),
        NATS_URL: server.url,
        RESEARCH_ENGINE: 'scripted',
        RUN_LEASE: '1000',
        LOG_LEVEL: 'error',
      },
      ...{ RUNS_PER_PRINCIPAL: '1000', RUN_ATTEMPTS: '50', SHUTDOWN_GRACE: '0.1', ...env },
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  pods.add(child);
  await eventually(async () => (await fetch(`http://127.0.0.1:${port}/health/ready`)).ok, 30_000);
  return child;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function kill(pod: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (pod.exitCode !== null || pod.signalCode !== null) return;
  const dead = once(pod, 'exit');
  pod.kill(signal);
  await dead;
  pods.delete(pod);
}

/** As Nest's client asks, and an agent inside the cluster may. */
async function send<Name extends keyof OrchestratorCommands>(
  name: Name,
  data: Parameters<OrchestratorCommands[Name]>[0],
): Promise<Awaited<ReturnType<OrchestratorCommands[Name]>>> {
  const reply = await nats.request(ORCHESTRATOR_PATTERNS[name], JSON.stringify({ id: '1', data }), { timeout: 20_000 });
  const { response } = reply.json<{ response: unknown }>();
  return decodeReply<Awaited<ReturnType<OrchestratorCommands[Name]>>>(response);
}

const eventsOf = async (sessionId: string): Promise<StoredEvent[]> => {
  const entries = await log.read({ tenant: 'default', sessionId }, 0, 10_000);
  return entries.map(({ event }) => event);
};
async function ended({ runId }: Pick<RunRecord, 'runId'>, timeoutMs: number): Promise<RunRecord> {
  const run = await eventually(async () => {
    const standing = await runs.get('default', runId);
    return standing?.endedAtMs === undefined ? undefined : standing;
  }, timeoutMs);
  return run;
}
const start = (sessionId: string, query: string): Promise<RunRecord> =>
  send('startRun', { principal: ALICE, sessionId, query });
const isReady = () => eventually(() => send('listSessions', { principal: ALICE, limit: 1 }));

beforeAll(async () => {
  server = await startNatsServer();
  nats = await connect({ servers: server.url });
  await ensureEventStream(nats);
  log = await NatsEventLog.open(nats);
  runs = await KvRunStore.open(nats);
  model = createServer((request, response) => {
    const call = request.url ?? '';
    calls.set(call, (calls.get(call) ?? 0) + 1);
    response.end(`answer ${calls.get(call)}`);
  });
  await new Promise<void>((resolve) => model.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await Promise.all([...pods].map((pod) => kill(pod, 'SIGKILL')));
});
afterAll(async () => {
  log.close();
  runs.close();
  await nats.close();
  await server.stop();
  await new Promise((resolve) => model.close(resolve));
});

describe('a run whose orchestrator is killed (-9) in the middle', () => {
  it(
    'is finished by the other one: nothing twice, nothing missing, at most one call of the model again',
    async () => {
      const { port } = model.address() as AddressInfo;
      for (let round = 0; round < KILLS; round++) {
        const first = await startPod();
        await isReady();
        const run = await start(`killed-${round}`, `events=${EVENTS} pace=${PACE_MS} model=${port}`);
        await eventually(async () => (await eventsOf(run.sessionId)).length > 0);
        const second = await startPod();
        // Spread over the whole run, its very end included.
        await pause(((round + Math.random()) / KILLS) * (EVENTS * PACE_MS * 1.3));
        await kill(first, 'SIGKILL');
        expect(await ended(run, 30_000)).toMatchObject({ status: 'completed' });
        await kill(second, 'SIGKILL');

        const events = await eventsOf(run.sessionId);
        const own = events.filter(({ type }) => type !== 'research_resumed');
        expect(own.map(({ id }) => id)).toEqual([
          ...Array.from({ length: EVENTS + 1 }, (_, n) => `${run.runId}:${n + 1}`),
          `${run.runId}:end`,
        ]);
        const steps = own.flatMap(({ data }) => (typeof data['stepId'] === 'string' ? [data['stepId']] : []));
        expect(new Set(steps).size).toBe(steps.length);
        const text = own.map(({ type, data }) => (type === 'message_chunk' ? String(data['delta']) : '')).join('');
        expect(text.match(/Part \d+/g)).toEqual([...new Set(text.match(/Part \d+/g))]);
        const counts = [...calls].flatMap(([call, count]) => (call.startsWith(`/${run.runId}/`) ? [count] : []));
        expect(counts).toHaveLength(EVENTS);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(EVENTS + 1);
      }
    },
    60_000 + KILLS * 20_000,
  );

  it('is cancelled within a second when another orchestrator is asked', async () => {
    const busy = await startPod();
    await isReady();
    const run = await start('cancelled', 'events=2 wait-for-cancel');
    const kept = await start('kept', 'events=2 wait-for-cancel');
    await eventually(async () => (await eventsOf('kept')).length === 3);
    // The one that is asked has no place for runs; requests go to either of them.
    await startPod();
    for (let n = 0; n < 10; n++) await isReady();
    const askedMs = performance.now();
    await send('cancelRun', { principal: ALICE, runId: run.runId });
    await ended(run, 5_000);
    expect(performance.now() - askedMs).toBeLessThan(1_000);
    expect((await eventsOf('cancelled')).filter(({ type }) => type === 'research_complete')).toHaveLength(1);
    expect(await send('getRun', { principal: ALICE, runId: kept.runId })).toMatchObject({ status: 'running' });
    await kill(busy, 'SIGKILL');
  }, 60_000);
});

describe('a message of a thousand tokens, 400 a second', () => {
  it('costs sixty publishes at most', async () => {
    await startPod();
    await isReady();
    // Timers are late by a millisecond or so: a pace of 1 ms gives some hundreds a second.
    const run = await start('tokens', 'tokens=1000 pace=1');
    await ended(run, 30_000);
    const events = await eventsOf('tokens');
    const chunks = events.filter(({ type }) => type === 'message_chunk');
    expect(chunks.map(({ data }) => data['delta']).join('')).toBe('word '.repeat(1_000));
    const seconds = (Date.parse(events.at(-1)!.createdAt) - Date.parse(events[0]!.createdAt)) / 1000;
    expect(1_000 / seconds).toBeGreaterThan(400);
    expect(events.length).toBeLessThanOrEqual(60);
  }, 60_000);
});

describe('two hundred runs on two orchestrators', () => {
  it('all finish, and none waits for much longer than twice the median', async () => {
    await Promise.all([startPod(), startPod()]);
    await isReady();
    const started = await Promise.all(Array.from({ length: 200 }, (_, n) => start(`queued-${n}`, 'events=4 pace=25')));
    const all = await Promise.all(started.map((run) => ended(run, 60_000)));
    expect(all.every(({ status }) => status === 'completed')).toBe(true);
    const waits = all.map(({ createdAtMs, endedAtMs }) => endedAtMs! - createdAtMs).sort((a, b) => a - b);
    expect(waits.at(-1)! / waits[100]!).toBeLessThanOrEqual(2.2);
  }, 120_000);
});
