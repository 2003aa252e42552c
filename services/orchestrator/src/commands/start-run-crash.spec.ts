// What a crash at any point leaves, and that the next start heals it.
import { beforeEach, describe, expect, it } from '@jest/globals';
import { VanaError } from '@vana/events';
import type { StartRun } from '@vana/run-state';
import { FakeClock } from '@vana/test-kit';
import type { EngineEvent } from '../engine/research-engine.js';
import { ScriptedEngine } from '../engine/scripted-engine.js';
import { DEFAULT_RUN_LIMITS } from '../runs/run-limits.js';
import { ALICE, Pods, type Pod, type PodOptions } from '../spec/pods.js';

const { healPatienceMs, leaseMs } = DEFAULT_RUN_LIMITS;
const CRASH_POINTS = 16;
const QUICK = new ScriptedEngine({ events: [] });
const LASTING = new ScriptedEngine({ events: [], waitForAbort: true });
const thought: EngineEvent = {
  type: 'thinking_update',
  channel: 'agents',
  data: { stepId: 's1', agentName: 'a1', action: 'step', status: 'active' },
};
const START: StartRun = { principal: ALICE, sessionId: 's1', query: 'why?' };

let clock: FakeClock;
let pods: Pods;
let pod: Pod;
const newPod = (options: Partial<PodOptions> = {}): Pod => pods.pod({ engine: LASTING, ...options });
beforeEach(() => {
  clock = new FakeClock();
  pods = new Pods(clock);
  pod = newPod();
});

describe('startRun after a crash', () => {
  const NEXT: StartRun = { ...START, query: 'next' };

  it('ends a lost run first, then goes on', async () => {
    const { runId } = await pod.commands.startRun(START);
    await clock.flush();
    pod.freeze();
    await clock.advance(leaseMs - 1);
    const healer = newPod({ engine: QUICK });
    await expect(healer.commands.startRun(NEXT)).rejects.toMatchObject({ code: 'run_active' });
    await clock.advance(1);
    await healer.commands.startRun(NEXT);
    await clock.flush();
    expect(await pods.story('s1')).toEqual([
      'research_started',
      'error:run_lost',
      'research_complete:failed',
      'research_started',
      'research_complete:completed',
    ]);
    expect(await pods.run(runId)).toMatchObject({ status: 'failed', reason: 'run_lost' });
  });

  it('adopts a draft with the same key', async () => {
    const KEYED: StartRun = { ...START, idempotencyKey: 'k1' };
    let writes = 0;
    const dying = newPod({
      storeFault: () => {
        // Session, run record; the process is gone before the session names the run.
        if (++writes > 2) throw new TypeError('crash');
      },
    });
    await expect(dying.commands.startRun(KEYED)).rejects.toThrow('crash');
    expect(await pods.session('s1')).not.toHaveProperty('activeRunId');
    await clock.advance(2 * leaseMs);
    const { runId, leaseUntilMs } = await newPod({ engine: QUICK }).commands.startRun(KEYED);
    expect(leaseUntilMs).toBe(clock.now() + leaseMs);
    await clock.flush();
    expect(await pods.run(runId)).toMatchObject({ status: 'completed' });
    expect(await pods.story('s1')).toEqual(['research_started', 'research_complete:completed']);
  });

  it('does not tell the end twice when the worker died after telling it, however long ago', async () => {
    const dying = newPod({
      engine: QUICK,
      lateFault: (event) => void (event.type === 'research_complete' && dying.freeze()),
    });
    const { runId } = await dying.commands.startRun(START);
    await clock.flush();
    expect(await pods.run(runId)).toMatchObject({ status: 'running' });
    // Long after the bus has forgotten the event's id.
    await clock.advance(3_600_000);
    await newPod({ engine: QUICK }).commands.startRun(NEXT);
    await clock.flush();
    expect(await pods.story('s1')).toEqual([
      ...['research_started', 'research_complete:completed'],
      ...['research_started', 'research_complete:completed'],
    ]);
    expect(await pods.run(runId)).toMatchObject({ status: 'completed' });
  });

  it('needs no log for that while the bus remembers the id', async () => {
    const dying = newPod({
      engine: QUICK,
      lateFault: (event) => void (event.type === 'research_complete' && dying.freeze()),
    });
    await dying.commands.startRun(START);
    await clock.advance(leaseMs);
    await newPod({ engine: QUICK, withoutLog: true }).commands.startRun(NEXT);
    await clock.flush();
    const ends = (await pods.events('s1')).filter(({ type }) => type === 'research_complete');
    expect(ends).toHaveLength(2);
  });

  it('takes a session that still names an ended run', async () => {
    const { runId } = await newPod({ engine: QUICK }).commands.startRun(START);
    await clock.flush();
    await pods.sessions.update({ tenant: 'default', sessionId: 's1' }, (s) => ({ ...s, activeRunId: runId }));
    const next = await pod.commands.startRun(NEXT);
    expect((await pods.session('s1')).activeRunId).toBe(next.runId);
  });

  it('ends a lost run once when many pods find it at the same time', async () => {
    await pod.commands.startRun(START);
    await clock.flush();
    pod.freeze();
    await clock.advance(leaseMs);
    const healers = [newPod(), newPod(), newPod()];
    const outcomes = await Promise.allSettled(healers.map((one) => one.commands.startRun(NEXT)));
    await clock.flush();
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of outcomes) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'run_active' });
    expect(await pods.story('s1')).toEqual([
      ...['research_started', 'error:run_lost', 'research_complete:failed'],
      'research_started',
    ]);
  });

  it('leaves a lost run to a later start when the bus is away', async () => {
    await pod.commands.startRun(START);
    await clock.flush();
    pod.freeze();
    await clock.advance(leaseMs);
    let away = true;
    const healer = newPod({
      engine: QUICK,
      fault: () => {
        if (away) throw new VanaError('bus_unavailable');
      },
    });
    const failing = expect(healer.commands.startRun(NEXT)).rejects.toMatchObject({ code: 'bus_unavailable' });
    await clock.advance(healPatienceMs);
    await failing;
    away = false;
    await expect(healer.commands.startRun(NEXT)).rejects.toMatchObject({ code: 'run_active' });
    await clock.advance(leaseMs);
    await healer.commands.startRun(NEXT);
    await clock.flush();
    expect(await pods.story('s1')).toEqual([
      ...['research_started', 'error:run_lost', 'research_complete:failed'],
      ...['research_started', 'research_complete:completed'],
    ]);
  });

  it('has no crash point that the next tests leave out', async () => {
    let calls = 0;
    const counted = newPod({ engine: new ScriptedEngine({ events: [thought] }), onCall: () => void calls++ });
    await counted.commands.startRun({ ...START, idempotencyKey: 'k1' });
    await clock.flush();
    expect(await pods.story('s1')).toContain('research_complete:completed');
    expect(calls).toBeLessThan(CRASH_POINTS);
  });

  // Every point where the process can die: before its n-th use of the bus or a store.
  describe.each(Array.from({ length: CRASH_POINTS }, (_, index) => index + 1))('before call %i', (crashAt) => {
    const dies = (): Pod =>
      newPod({
        engine: new ScriptedEngine({ events: [thought] }),
        onCall: (dying, call) => {
          if (call === crashAt) dying.freeze();
        },
      });

    const expectHealed = async (): Promise<void> => {
      const events = await pods.events('s1');
      const runIds = new Set(events.map(({ runId }) => runId!));
      for (const runId of runIds) {
        const told = events.filter((event) => event.runId === runId).map(({ type }) => type);
        expect(told.filter((type) => type === 'research_started').length).toBeLessThanOrEqual(1);
        expect(told.filter((type) => type === 'research_complete')).toHaveLength(1);
        expect(told.filter((type) => type === 'error').length).toBeLessThanOrEqual(1);
        expect(told.at(-1)).toBe('research_complete');
        const end = events.find((event) => event.runId === runId && event.type === 'research_complete');
        expect((await pods.run(runId)).status).toBe(end?.data['status']);
      }
      expect(await pods.session('s1')).not.toHaveProperty('activeRunId');
    };

    it('is healed by the next start', async () => {
      void dies().commands.startRun(START);
      await clock.advance(leaseMs + 1);
      const { runId } = await newPod({ engine: QUICK }).commands.startRun(NEXT);
      await clock.flush();
      await expectHealed();
      expect(await pods.run(runId)).toMatchObject({ status: 'completed' });
    });

    it('is healed by the same start with its key, which never runs twice', async () => {
      const KEYED: StartRun = { ...START, idempotencyKey: 'k1' };
      void dies().commands.startRun(KEYED);
      await clock.flush();
      // At once, as a client whose connection broke does, and again when the lease has passed.
      const soon = await newPod({ engine: QUICK }).commands.startRun(KEYED);
      await clock.advance(leaseMs + 1);
      const late = await newPod({ engine: QUICK }).commands.startRun(KEYED);
      await clock.flush();
      expect(late.runId).toBe(soon.runId);
      await expectHealed();
      expect(new Set((await pods.events('s1')).map(({ runId }) => runId)).size).toBe(1);
    });
  });
});
