import { beforeEach, describe, expect, it } from '@jest/globals';
import { VanaError, type StoredEvent } from '@vana/events';
import { FakeClock, sampleRun, sampleSession } from '@vana/test-kit';
import type { EngineEvent, ResearchEngine } from '../engine/research-engine.js';
import { ScriptedEngine, type Script } from '../engine/scripted-engine.js';
import { ALICE, Pods, onlyFirst, type Pod, type PodOptions } from '../spec/pods.js';
import { DEFAULT_RUN_LIMITS } from './run-limits.js';

const thought = (n: number): EngineEvent => ({
  type: 'thinking_update',
  channel: 'agents',
  agentId: 'a1',
  parentAgentId: 'a0',
  data: { stepId: `s${n}`, agentName: 'a1', action: `step ${n}`, status: 'active' },
});
const THREE = [thought(1), thought(2), thought(3)];
const { leaseMs, renewEveryMs, abandonMs, retryMaxMs } = DEFAULT_RUN_LIMITS;

let clock: FakeClock;
let pods: Pods;
beforeEach(() => {
  clock = new FakeClock();
  pods = new Pods(clock);
});

const scripted = (script: Partial<Script> = {}): ResearchEngine => new ScriptedEngine({ events: THREE, ...script });

async function start(options: PodOptions): Promise<{ pod: Pod; runId: string }> {
  const pod = pods.pod(options);
  const { runId } = await pod.commands.startRun({ principal: ALICE, sessionId: 's1', query: 'why?' });
  await clock.flush();
  return { pod, runId };
}

describe('a run that goes well', () => {
  it('is told from its start to its one end, each event in its envelope', async () => {
    const { runId } = await start({ engine: scripted() });
    const events = await pods.events('s1');
    expect(events.map(({ id }) => id)).toEqual([...[1, 2, 3, 4].map((n) => `${runId}:${n}`), `${runId}:end`]);
    expect(events[0]).toEqual({
      schemaVersion: 1,
      type: 'research_started',
      channel: 'research',
      sessionId: 's1',
      runId,
      data: { runId, query: 'why?' },
      id: `${runId}:1`,
      createdAt: new Date(clock.now()).toISOString(),
    });
    expect(events[1]).toMatchObject({ agentId: 'a1', parentAgentId: 'a0', data: thought(1).data });
    expect(events[4]!.data).toEqual({ runId, status: 'completed', final_report: '# why?' });
  });

  it('leaves its record ended and its session free', async () => {
    const { runId } = await start({ engine: scripted() });
    expect(await pods.run(runId)).toMatchObject({ status: 'completed', endedAtMs: clock.now() });
    expect(await pods.session('s1')).not.toHaveProperty('activeRunId');
  });

  it('tells why it is partial', async () => {
    const { runId } = await start({
      engine: scripted({ outcome: { status: 'partial', finalReport: 'a bit', reason: 'not_in_corpus' } }),
    });
    const end = (await pods.events('s1')).at(-1)!;
    expect(end.data).toEqual({ runId, status: 'partial', final_report: 'a bit', reason: 'not_in_corpus' });
    expect(await pods.run(runId)).toMatchObject({ status: 'partial', reason: 'not_in_corpus' });
  });

  it('stores what the engine gave without waiting, in order and before the end', async () => {
    const engine: ResearchEngine = {
      run: async (_task, emit) => {
        for (const event of THREE) void emit(event);
        return { status: 'completed', finalReport: 'done' };
      },
    };
    await start({ engine });
    const events = await pods.events('s1');
    expect(events.slice(1, 4).map(({ data }) => data['stepId'])).toEqual(['s1', 's2', 's3']);
    expect(events.map(({ type }) => type).slice(4)).toEqual(['research_complete']);
  });

  it('refuses what the engine gives after its end', async () => {
    let late: Promise<void> | undefined;
    let emitLater: (event: EngineEvent) => Promise<void> = () => Promise.resolve();
    const engine: ResearchEngine = {
      run: async (_task, emit) => {
        emitLater = emit;
        return { status: 'completed', finalReport: 'done' };
      },
    };
    await start({ engine });
    late = emitLater(thought(9));
    await expect(late).rejects.toMatchObject({ code: 'run_finished' });
    late = undefined;
    void emitLater(thought(10)); // nobody looks: must not end the process
    await clock.flush();
    expect(await pods.story('s1')).toEqual(['research_started', 'research_complete:completed']);
  });
});

describe('a run whose engine fails', () => {
  const FAILED = ['research_started', 'thinking_update', 'error:engine_failed', 'research_complete:failed'];

  it('ends with one error and one end', async () => {
    const { runId } = await start({ engine: scripted({ failAt: 2 }) });
    expect(await pods.story('s1')).toEqual(FAILED);
    expect(await pods.run(runId)).toMatchObject({ status: 'failed', reason: 'engine_failed' });
    expect(await pods.session('s1')).not.toHaveProperty('activeRunId');
  });

  it('does not tell readers what a foreign error says', async () => {
    await start({ engine: scripted({ failAt: 2, error: new TypeError('secret is hunter2') }) });
    expect(await pods.story('s1')).toEqual(FAILED);
    const events = await pods.events('s1');
    expect(events[2]!.data).toMatchObject({
      code: 'engine_failed',
      category: 'internal',
      message: 'The research engine failed.',
      retryable: true,
    });
    expect(JSON.stringify(events)).not.toContain('hunter2');
  });

  it('keeps the code of a fault of our own', async () => {
    await start({ engine: scripted({ failAt: 1, error: new VanaError('corpus_empty') }) });
    expect(await pods.story('s1')).toEqual(['research_started', 'error:corpus_empty', 'research_complete:failed']);
  });

  it('ends also when the engine throws before it gives a promise', async () => {
    const engine: ResearchEngine = {
      run: () => {
        throw new Error('at once');
      },
    };
    await start({ engine });
    expect(await pods.story('s1')).toEqual(['research_started', 'error:engine_failed', 'research_complete:failed']);
  });

  it('fails on an event that does not match its schema, which is not stored', async () => {
    await start({ engine: scripted({ events: [thought(1), { ...thought(2), data: {} }] }) });
    expect(await pods.story('s1')).toEqual([
      'research_started',
      'thinking_update',
      'error:invalid_event',
      'research_complete:failed',
    ]);
  });

  it('fails when the report is too large for one event', async () => {
    const finalReport = 'x'.repeat(300 * 1024);
    const { runId } = await start({ engine: scripted({ outcome: { status: 'completed', finalReport } }) });
    expect((await pods.story('s1')).slice(-2)).toEqual(['error:event_too_large', 'research_complete:failed']);
    expect(await pods.run(runId)).toMatchObject({ status: 'failed', reason: 'event_too_large' });
  });
});

describe('a run on a bus that fails', () => {
  const unknown = (): never => {
    throw new VanaError('publish_unknown');
  };

  it('stores each event once when the answers to stored events are lost', async () => {
    const seen = new Set<string>();
    const lateFault = ({ id }: StoredEvent): void => {
      if (seen.has(id)) return;
      seen.add(id);
      unknown();
    };
    const { runId } = await start({ engine: scripted(), lateFault });
    await clock.advance(10_000);
    expect((await pods.events('s1')).map(({ id }) => id)).toEqual([
      ...[1, 2, 3, 4].map((n) => `${runId}:${n}`),
      `${runId}:end`,
    ]);
    expect(seen.size).toBe(5);
    expect(await pods.run(runId)).toMatchObject({ status: 'completed' });
  });

  it('waits for a bus that is away and then goes on in order', async () => {
    const fault = onlyFirst(20, () => {
      throw new VanaError('bus_unavailable');
    });
    const { runId } = await start({ engine: scripted(), fault });
    expect(await pods.events('s1')).toEqual([]);
    await clock.advance(20 * retryMaxMs);
    expect((await pods.story('s1')).slice(-1)).toEqual(['research_complete:completed']);
    expect((await pods.events('s1')).map(({ id }) => id).slice(0, 4)).toEqual([1, 2, 3, 4].map((n) => `${runId}:${n}`));
  });

  it('tries an end again that failed in a way nobody knows', async () => {
    const lateFault = onlyFirst(1, (event: StoredEvent) => {
      if (event.type === 'research_complete') throw new TypeError('socket gone');
    });
    const { runId } = await start({
      engine: scripted({ events: [] }),
      lateFault: (event) => (event.type === 'research_complete' ? lateFault(event) : undefined),
    });
    await clock.advance(1_000);
    expect(await pods.story('s1')).toEqual(['research_started', 'research_complete:completed']);
    expect(await pods.run(runId)).toMatchObject({ status: 'completed' });
  });

  it('frees the session even when no end can ever be stored', async () => {
    const { runId } = await start({
      engine: scripted({ events: [] }),
      fault: ({ type }) => {
        if (type !== 'research_started') throw new VanaError('invalid_event');
      },
    });
    expect(await pods.story('s1')).toEqual(['research_started']);
    expect(await pods.run(runId)).toMatchObject({ status: 'failed' });
    expect(await pods.session('s1')).not.toHaveProperty('activeRunId');
  });
});

describe('a cancelled run', () => {
  it('is aborted at once on its own pod and ends cancelled, without an error', async () => {
    const { pod, runId } = await start({ engine: scripted({ waitForAbort: true }), deaf: true });
    await pod.commands.cancelRun({ principal: ALICE, runId });
    await clock.flush();
    expect((await pods.story('s1')).slice(-1)).toEqual(['research_complete:cancelled']);
    expect(await pods.story('s1')).not.toContainEqual(expect.stringContaining('error'));
    expect(await pods.run(runId)).toMatchObject({ status: 'cancelled', cancelRequested: true });
  });

  it('that was cancelled before it was claimed is told from start to end, without the engine', async () => {
    let worked = false;
    const engine: ResearchEngine = {
      run: async () => {
        worked = true;
        return { status: 'completed', finalReport: '' };
      },
    };
    const run = { ...sampleRun(), tenant: 'default', sessionId: 's1', cancelRequested: true };
    await pods.runs.create(run);
    // Deaf: only the claimed record itself tells it.
    await pods.sessions.create(sampleSession({ tenant: 'default', sessionId: 's1' }));
    await pods.queue.add(run);
    pods.pod({ engine, deaf: true });
    await clock.flush();
    expect(await pods.story('s1')).toEqual(['research_started', 'research_complete:cancelled']);
    expect(worked).toBe(false);
  });

  it('is seen by another pod when the record changes', async () => {
    const { runId } = await start({ engine: scripted({ waitForAbort: true }) });
    await pods.pod({ engine: scripted() }).commands.cancelRun({ principal: ALICE, runId });
    await clock.flush();
    expect(await pods.run(runId)).toMatchObject({ status: 'cancelled' });
  });

  it('is seen with the next renewal when the change was not told', async () => {
    const { runId } = await start({ engine: scripted({ waitForAbort: true }), deaf: true });
    await pods.pod({ engine: scripted() }).commands.cancelRun({ principal: ALICE, runId });
    await clock.flush();
    expect(await pods.run(runId)).toMatchObject({ status: 'running' });
    await clock.advance(renewEveryMs);
    expect(await pods.run(runId)).toMatchObject({ status: 'cancelled' });
  });

  it('ends without an engine that ignores the abort', async () => {
    let emitted: Promise<void> | undefined;
    let again: () => void = () => undefined;
    const engine: ResearchEngine = {
      run: (_task, emit) =>
        new Promise(() => {
          again = () => {
            emitted = emit(thought(1));
          };
        }),
    };
    const { pod, runId } = await start({ engine });
    await pod.commands.cancelRun({ principal: ALICE, runId });
    await clock.advance(abandonMs - 1);
    expect(await pods.story('s1')).toEqual(['research_started']);
    await clock.advance(1);
    expect(await pods.story('s1')).toEqual(['research_started', 'research_complete:cancelled']);
    again();
    await expect(emitted).rejects.toMatchObject({ code: 'run_finished' });
    expect(pod.worker.running).toBe(0);
  });

  it('stays completed when the engine was done before', async () => {
    const { pod, runId } = await start({ engine: scripted() });
    expect(await pod.commands.cancelRun({ principal: ALICE, runId })).toMatchObject({
      status: 'completed',
      cancelRequested: false,
    });
    expect((await pods.story('s1')).filter((told) => told.startsWith('research_complete'))).toHaveLength(1);
  });

  it('ends when its session is deleted behind its back', async () => {
    const { runId } = await start({ engine: scripted({ waitForAbort: true }) });
    await pods.sessions.remove({ tenant: 'default', sessionId: 's1' }, clock.now());
    await clock.flush();
    expect(await pods.run(runId)).toMatchObject({ status: 'cancelled' });
  });
});

describe('the lease', () => {
  it('is renewed as long as the engine works', async () => {
    const { runId } = await start({ engine: scripted({ waitForAbort: true }) });
    await clock.advance(10 * leaseMs);
    const run = await pods.run(runId);
    expect(run.status).toBe('running');
    expect(run.leaseUntilMs).toBeGreaterThan(clock.now());
  });

  it('survives a store that is away for less than the lease', async () => {
    let away = false;
    const storeFault = (): void => {
      if (away) throw new VanaError('store_unavailable');
    };
    const { runId } = await start({ engine: scripted({ waitForAbort: true }), storeFault });
    away = true;
    await clock.advance(leaseMs - renewEveryMs);
    away = false;
    await clock.advance(renewEveryMs);
    expect((await pods.run(runId)).leaseUntilMs).toBeGreaterThan(clock.now());
  });

  it('lost to another holder means: not one event more', async () => {
    let emitLater: (event: EngineEvent) => Promise<void> = () => Promise.resolve();
    let aborted: unknown;
    const engine: ResearchEngine = {
      run: (_task, emit, signal) =>
        new Promise((_, reject) => {
          emitLater = emit;
          signal.addEventListener('abort', () => {
            aborted = signal.reason;
            reject(signal.reason as Error);
          });
        }),
    };
    const { pod, runId } = await start({ engine });
    pod.freeze();
    await clock.advance(leaseMs);
    // Another pod goes on with the run; then the sleeper wakes up and writes on.
    pods.pod({ engine: scripted({ events: [], waitForAbort: true }) });
    await clock.advance(leaseMs);
    pod.thaw();
    await expect(emitLater(thought(1))).rejects.toMatchObject({ kind: 'lease_lost' });
    await clock.advance(leaseMs);
    expect(aborted).toMatchObject({ kind: 'lease_lost' });
    expect(await pods.story('s1')).toEqual(['research_started', 'research_resumed']);
    expect(await pods.run(runId)).toMatchObject({ status: 'running', attempts: 2 });
    expect(pod.worker.running).toBe(0);
  });
});
