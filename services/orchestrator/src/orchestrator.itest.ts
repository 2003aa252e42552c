// Two orchestrators on a real NATS, asked by Nest's client as the gateway does.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClientNats } from '@nestjs/microservices';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { ORCHESTRATOR_PATTERNS, decodeReply, type OrchestratorCommands, type RunRecord } from '@vana/run-state';
import { createLogger } from '@vana/observability';
import { eventually, startNatsServer, type NatsServer } from '@vana/test-kit';
import { Registry } from 'prom-client';
import { firstValueFrom, timeout } from 'rxjs';
import { connectAdapters, type ConnectedAdapters } from './connect-adapters.js';
import { composeRuns } from './compose-runs.js';
import { createOrchestrator, type RunningOrchestrator } from './create-orchestrator.js';
import { DEFAULT_RUN_LIMITS } from './runs/run-limits.js';
import { readOrchestratorSettings } from './settings.js';
import { ALICE, BOB } from './spec/pods.js';

interface Instance {
  readonly service: RunningOrchestrator;
  readonly adapters: ConnectedAdapters;
  readonly registry: Registry;
}

const SILENT = createLogger('orchestrator', 'silent');

let server: NatsServer;
let client: ClientNats;
let pods: Instance[];
let spy: NatsConnection;

async function startPod(): Promise<Instance> {
  const settings = readOrchestratorSettings({
    ...{ PORT: '0', NATS_URL: server.url, RESEARCH_ENGINE: 'scripted', RUNS_PER_POD: '50', RUNS_PER_PRINCIPAL: '500' },
    ...{ SHUTDOWN_GRACE: '0.01' },
  });
  const registry = new Registry();
  const adapters = await connectAdapters(settings, SILENT, registry);
  const service = await createOrchestrator(adapters.ports, settings, { natsUrl: server.url });
  return { service, adapters, registry };
}

async function stopPod({ service, adapters }: Instance): Promise<void> {
  await service.close();
  await adapters.close();
}

beforeAll(async () => {
  server = await startNatsServer();
  pods = [await startPod(), await startPod()];
  client = new ClientNats({ servers: server.url });
  await client.connect();
  spy = await connect({ servers: server.url });
});

afterAll(async () => {
  await client.close();
  await spy.close();
  await Promise.all(pods.map(stopPod));
  await server.stop();
});

type CommandOf<Name extends keyof OrchestratorCommands> = Parameters<OrchestratorCommands[Name]>[0];

type Answer<Name extends keyof OrchestratorCommands> = Awaited<ReturnType<OrchestratorCommands[Name]>>;

async function send<Name extends keyof OrchestratorCommands>(
  name: Name,
  command: CommandOf<Name>,
): Promise<Answer<Name>> {
  const reply = await ask(ORCHESTRATOR_PATTERNS[name], command);
  return decodeReply<Answer<Name>>(reply);
}

const ask = (pattern: string, payload: unknown): Promise<unknown> =>
  firstValueFrom(client.send<unknown>(pattern, payload as object).pipe(timeout(10_000)));

const story = async (sessionId: string): Promise<string[]> => {
  const entries = await pods[0]!.adapters.ports.log.read({ tenant: 'default', sessionId }, 0, 1_000);
  return entries.map(({ event }) => event.type);
};

/** The run once it has ended, read from the store. */
const ended = async ({ runId }: RunRecord, timeoutMs?: number): Promise<RunRecord> => {
  const { runs } = pods[0]!.adapters.ports;
  const run = await eventually(async () => {
    const standing = await runs.get('default', runId);
    return standing?.endedAtMs === undefined ? undefined : standing;
  }, timeoutMs);
  return run;
};

const runningOn = async ({ registry }: Instance): Promise<number> =>
  Number(/vana_runs\{status="running"\} (\d+)/.exec(await registry.metrics())?.[1] ?? 0);

describe('commands over the queue group', () => {
  it('are each answered once, by both pods', async () => {
    const replies: string[] = [];
    // Every reply goes to an inbox of its own, seen here by a listener on all of them.
    const inboxes = spy.subscribe('_INBOX.>', {
      callback: (_error, message) => {
        if (message.string().includes('"value"')) replies.push(message.subject);
      },
    });
    await spy.flush();
    const started = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        send('startRun', { principal: ALICE, sessionId: `many-${n}`, query: 'events=1 wait-for-cancel' }),
      ),
    );
    const counts = await eventually(async () => {
      const both = await Promise.all(pods.map(runningOn));
      return both[0]! + both[1]! === 20 && both;
    });
    expect(Math.min(...counts)).toBeGreaterThan(0);
    expect(replies).toHaveLength(20);
    expect(new Set(replies).size).toBe(20);
    inboxes.unsubscribe();
    for (const run of started) await send('cancelRun', { principal: ALICE, runId: run.runId });
    for (const run of started) expect((await ended(run)).status).toBe('cancelled');
    expect(await story('many-7')).toEqual(['research_started', 'research_progress', 'research_complete']);
  });

  it('start, follow and end a run, every event stored once and in order', async () => {
    const run = await send('startRun', { principal: ALICE, sessionId: 'whole', query: 'events=40' });
    expect((await ended(run)).status).toBe('completed');
    const entries = await pods[0]!.adapters.ports.log.read({ tenant: 'default', sessionId: 'whole' }, 0, 1_000);
    expect(entries.map(({ event }) => event.id)).toEqual([
      ...Array.from({ length: 41 }, (_, n) => `${run.runId}:${n + 1}`),
      `${run.runId}:end`,
    ]);
    const session = await send('getSession', { principal: ALICE, sessionId: 'whole' });
    expect(session).not.toHaveProperty('activeRunId');
    expect(session.title).toBe('events=40');
  });

  it('refuse a second run on one session, whichever pod is asked', async () => {
    const start = { principal: ALICE, sessionId: 'busy', query: 'events=1 wait-for-cancel' };
    const { runId } = await send('startRun', start);
    for (let attempt = 0; attempt < 6; attempt++) {
      await expect(send('startRun', start)).rejects.toMatchObject({ code: 'run_active', details: { runId } });
    }
    const second = await send('startRun', { ...start, onActive: 'cancel' });
    expect((await send('getRun', { principal: ALICE, runId })).status).toBe('cancelled');
    await send('cancelRun', { principal: ALICE, runId: second.runId });
    await ended(second);
  });

  it('let one of many starts at once win', async () => {
    const start = { principal: ALICE, sessionId: 'race', query: 'events=1 wait-for-cancel' };
    const outcomes = await Promise.allSettled(Array.from({ length: 12 }, () => send('startRun', start)));
    const won = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(won).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'run_active' });
    }
    await send('cancelRun', { principal: ALICE, runId: won[0]!.runId });
    await ended(won[0]!);
    expect((await story('race')).filter((type) => type === 'research_complete')).toHaveLength(1);
  });

  it('give the same run to the same key on both pods', async () => {
    const start = { principal: ALICE, sessionId: 'keyed', query: 'events=3', idempotencyKey: 'k1' };
    const runs = await Promise.all(Array.from({ length: 8 }, () => send('startRun', start)));
    expect(new Set(runs.map(({ runId }) => runId)).size).toBe(1);
    await ended(runs[0]!);
    expect((await story('keyed')).filter((type) => type === 'research_started')).toHaveLength(1);
    await expect(send('startRun', { ...start, query: 'other' })).rejects.toMatchObject({
      code: 'idempotency_mismatch',
    });
  });

  it('manage sessions with their rules of ownership', async () => {
    const created = await send('createSession', { principal: BOB, sessionId: 'bobs', title: 'mine' });
    expect(created).toMatchObject({ owner: 'bob', title: 'mine' });
    expect((await send('listSessions', { principal: BOB, limit: 10 })).map(({ sessionId }) => sessionId)).toEqual([
      'bobs',
    ]);
    await expect(send('getSession', { principal: ALICE, sessionId: 'bobs' })).rejects.toMatchObject({
      code: 'session_not_found',
    });
    expect(await send('deleteSession', { principal: BOB, sessionId: 'bobs' })).toBeUndefined();
    await expect(send('getSession', { principal: BOB, sessionId: 'bobs' })).rejects.toMatchObject({
      code: 'session_gone',
    });
  });

  it('answer what is malformed with its error', async () => {
    for (const payload of [{}, 'text', { principal: ALICE, sessionId: 7, query: 'x' }, [1]]) {
      const reply = ask(ORCHESTRATOR_PATTERNS.startRun, payload).then(decodeReply);
      await expect(reply).rejects.toMatchObject({ code: 'invalid_body' });
    }
    await expect(send('startRun', { principal: ALICE, sessionId: 'a.*', query: 'x' })).rejects.toMatchObject({
      code: 'invalid_session_id',
    });
    // Not even JSON: nobody can be answered, and the pods go on.
    spy.publish(ORCHESTRATOR_PATTERNS.startRun, '{', { reply: 'nowhere' });
    await spy.flush();
    for (let n = 0; n < 6; n++) await send('listSessions', { principal: ALICE, limit: 1 });
  });

  it('lose no answer when a pod leaves, and another one goes on with its runs', async () => {
    const leaving = await startPod();
    const started = await Promise.all(
      Array.from({ length: 9 }, (_, n) =>
        send('startRun', { principal: ALICE, sessionId: `left-${n}`, query: 'events=2 wait-for-cancel' }),
      ),
    );
    await eventually(async () => (await runningOn(leaving)) > 0);
    const asked = Array.from({ length: 60 }, (_, n) =>
      send('createSession', { principal: ALICE, sessionId: `leaving-${n}` }),
    );
    await stopPod(leaving);
    expect((await Promise.all(asked)).map(({ sessionId }) => sessionId)).toHaveLength(60);
    await eventually(async () => (await runningOn(pods[0]!)) + (await runningOn(pods[1]!)) === 9);
    await eventually(async () => {
      const stories = await Promise.all(started.map(({ sessionId }) => story(sessionId)));
      return stories.some((told) => told.includes('research_resumed'));
    });
    for (const run of started) {
      await send('cancelRun', { principal: ALICE, runId: run.runId });
      expect(await ended(run)).toMatchObject({ status: 'cancelled', attempts: 1 });
      const told = (await story(run.sessionId)).filter((type) => type !== 'research_resumed');
      expect(told).toEqual(['research_started', 'research_progress', 'thinking_update', 'research_complete']);
    }
  });

  it('go on with a run whose pod has died', async () => {
    const settings = readOrchestratorSettings({ NATS_URL: server.url, RESEARCH_ENGINE: 'scripted' });
    const adapters = await connectAdapters(settings, SILENT, new Registry());
    const limits = { ...DEFAULT_RUN_LIMITS, leaseMs: 1_000, renewEveryMs: 300, shutdownGraceMs: 1, endPatienceMs: 1 };
    const dying = composeRuns(adapters.ports, limits);
    // The only one that takes runs now.
    const others = pods;
    await Promise.all(others.map(stopPod));
    dying.start();
    const command = { principal: ALICE, sessionId: 'died', query: 'events=2 wait-for-cancel' };
    const { runId } = await dying.commands.startRun(command);
    const { log } = adapters.ports;
    await eventually(async () => (await log.read({ tenant: 'default', sessionId: 'died' }, 0, 10)).length === 3);
    // Its connection is gone for good: no renewal, no event, no answer.
    await adapters.close();
    pods = [await startPod(), await startPod()];
    await expect(send('startRun', { ...command, query: 'events=1' })).rejects.toMatchObject({ code: 'run_active' });
    await eventually(async () => (await story('died')).includes('research_resumed'), 30_000);
    await send('cancelRun', { principal: ALICE, runId });
    expect(await ended({ runId } as RunRecord)).toMatchObject({ status: 'cancelled', attempts: 2 });
    expect(await story('died')).toEqual([
      ...['research_started', 'research_progress', 'thinking_update', 'research_resumed', 'research_complete'],
    ]);
    await dying.close();
  });

  it('go on after the server was restarted in the middle of a run', async () => {
    const run = await send('startRun', { principal: ALICE, sessionId: 'restart', query: 'events=400' });
    await server.restart();
    expect((await ended(run, 40_000)).status).toBe('completed');
    const entries = await pods[0]!.adapters.ports.log.read({ tenant: 'default', sessionId: 'restart' }, 0, 1_000);
    expect(entries.map(({ event }) => event.id)).toEqual([
      ...Array.from({ length: 401 }, (_, n) => `${run.runId}:${n + 1}`),
      `${run.runId}:end`,
    ]);
  });
});
