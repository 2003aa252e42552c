// What a crash at any point leaves, and that another pod goes on from there.
import { beforeEach, describe, expect, it } from '@jest/globals';
import { VanaError } from '@vana/events';
import type { StartRun } from '@vana/run-state';
import { FakeClock } from '@vana/test-kit';
import type { EngineEvent } from '../engine/research-engine.js';
import { ScriptedEngine } from '../engine/scripted-engine.js';
import { DEFAULT_RUN_LIMITS } from '../runs/run-limits.js';
import { ALICE, Pods, type Pod, type PodOptions } from '../spec/pods.js';

const { leaseMs, sweepEveryMs, maxAttempts, retryMaxMs } = DEFAULT_RUN_LIMITS;
const CRASH_POINTS = 20;
/** After a crash everything has come right by then: lease and notice have passed, and a sweep. */
const HEALED_MS = 2 * leaseMs + 2 * sweepEveryMs;
const thought = (n: number): EngineEvent => ({
  type: 'thinking_update',
  channel: 'agents',
  agentId: 'a1',
  data: { stepId: `s${n}`, agentName: 'a1', action: 'step', status: 'active' },
});
const THREE = new ScriptedEngine({ events: [thought(1), thought(2), thought(3)] });
const LASTING = new ScriptedEngine({ events: [thought(1)], waitForAbort: true });
const START: StartRun = { principal: ALICE, sessionId: 's1', query: 'why?' };
const KEYED: StartRun = { ...START, idempotencyKey: 'k1' };

let clock: FakeClock;
let pods: Pods;
const newPod = (options: Partial<PodOptions> = {}): Pod => pods.pod({ engine: THREE, ...options });
beforeEach(() => {
  clock = new FakeClock();
  pods = new Pods(clock);
});

/** A run on a pod that dies when it has told `events` events of its engine's three. */
async function lostAfter(events: number): Promise<string> {
  const dying = newPod({
    lateFault: (event) => void (event.data['stepId'] === `s${events}` && dying.freeze()),
  });
  const { runId } = await dying.commands.startRun(START);
  await clock.flush();
  return runId;
}

describe('a run whose pod dies', () => {
  it('goes on elsewhere where it was, with the same ids, and every event is stored once', async () => {
    const runId = await lostAfter(2);
    newPod();
    await clock.advance(HEALED_MS);
    const events = await pods.events('s1');
    const ids = events.map(({ id }) => id.slice(runId.length + 1));
    expect(ids).toEqual(['1', '2', '3', expect.stringMatching(/^resumed-/), '4', 'end']);
    expect(events.map(({ data }) => data['stepId']).filter((id) => id !== undefined)).toEqual(['s1', 's2', 's3']);
    expect(events[3]).toMatchObject({ type: 'research_resumed', data: { runId, attempt: 2 } });
    expect(await pods.run(runId)).toMatchObject({ status: 'completed', attempts: 2 });
    expect(await pods.session('s1')).not.toHaveProperty('activeRunId');
    expect((await pods.queue.held()).size).toBe(0);
  });

  it('keeps its session meanwhile', async () => {
    const runId = await lostAfter(1);
    const other = newPod({ idle: true });
    await clock.advance(leaseMs);
    await expect(other.commands.startRun(START)).rejects.toMatchObject({ code: 'run_active', details: { runId } });
  });

  it('gives way to a start that cancels it', async () => {
    const lost = await lostAfter(1);
    const other = newPod({ idle: true });
    await clock.advance(leaseMs);
    await other.commands.startRun({ ...START, onActive: 'cancel' });
    expect(await pods.run(lost)).toMatchObject({ status: 'cancelled' });
    expect(await pods.story('s1')).toEqual([...['research_started', 'thinking_update', 'research_complete:cancelled']]);
  });

  it('refuses what its former pod still wants to tell when it wakes up', async () => {
    const dying = newPod({ lateFault: (event) => void (event.data['stepId'] === 's1' && dying.freeze()), deaf: true });
    await dying.commands.startRun(START);
    await clock.flush();
    newPod();
    await clock.advance(HEALED_MS);
    const before = await pods.story('s1');
    dying.thaw();
    await clock.advance(HEALED_MS);
    expect(await pods.story('s1')).toEqual(before);
    expect(before.filter((told) => told === 'thinking_update')).toHaveLength(3);
  });

  it('does not ask again for steps that were done', async () => {
    const calls: string[] = [];
    const engine = {
      run: async (task: Parameters<typeof THREE.run>[0], emit: Parameters<typeof THREE.run>[1]) => {
        const results: string[] = [];
        for (const name of ['s1', 's2', 's3']) {
          const result = await task.steps!.once(name, async () => {
            calls.push(name);
            return `result of ${name}`;
          });
          results.push(result);
          await emit({ ...thought(0), data: { ...thought(0).data, stepId: name } });
        }
        return { status: 'completed' as const, finalReport: results.join(', ') };
      },
    };
    const dying = newPod({ engine, lateFault: (event) => void (event.data['stepId'] === 's2' && dying.freeze()) });
    await dying.commands.startRun(START);
    await clock.flush();
    newPod({ engine });
    await clock.advance(HEALED_MS);
    // The third was under way when the pod was cut off.
    expect(calls).toEqual(['s1', 's2', 's3', 's3']);
    const end = (await pods.events('s1')).at(-1)!;
    expect(end.data['final_report']).toBe('result of s1, result of s2, result of s3');
  });

  it('is given up after so many attempts', async () => {
    const runId = await lostAfter(1);
    for (let attempt = 2; attempt <= maxAttempts; attempt++) {
      const dying = newPod({
        engine: LASTING,
        lateFault: (event) => void (event.type === 'research_resumed' && dying.freeze()),
      });
      await clock.advance(HEALED_MS);
    }
    expect(await pods.run(runId)).toMatchObject({ status: 'running', attempts: maxAttempts });
    newPod();
    await clock.advance(HEALED_MS);
    expect((await pods.story('s1')).slice(-2)).toEqual(['error:run_lost', 'research_complete:failed']);
    expect(await pods.run(runId)).toMatchObject({ status: 'failed', reason: 'run_lost' });
  });

  it('does not tell the end twice when it had told it, however long ago', async () => {
    const dying = newPod({ lateFault: (event) => void (event.type === 'research_complete' && dying.freeze()) });
    const { runId } = await dying.commands.startRun(START);
    await clock.advance(3_600_000); // the bus has forgotten the event's id
    newPod();
    await clock.advance(HEALED_MS);
    expect((await pods.story('s1')).filter((told) => told === 'research_complete:completed')).toHaveLength(1);
    expect(await pods.run(runId)).toMatchObject({ status: 'completed' });
  });

  it('goes on when its own pod was only cut off from the bus for longer than its lease', async () => {
    let away = false;
    const pod = newPod({
      engine: LASTING,
      storeFault: () => {
        if (away) throw new VanaError('store_unavailable');
      },
    });
    const { runId } = await pod.commands.startRun(START);
    await clock.flush();
    away = true;
    await clock.advance(2 * leaseMs);
    away = false;
    await clock.advance(HEALED_MS);
    expect(await pods.run(runId)).toMatchObject({ status: 'running' });
    await pod.commands.cancelRun({ principal: ALICE, runId });
    await clock.advance(retryMaxMs);
    expect((await pods.story('s1')).at(-1)).toBe('research_complete:cancelled');
  });
});

describe('a start whose pod dies', () => {
  it('leaves a draft that the same start with its key adopts', async () => {
    let writes = 0;
    const dying = newPod({
      storeFault: () => {
        // Session, run record; the process is gone before the session names the run.
        if (++writes > 2) throw new TypeError('crash');
      },
    });
    await expect(dying.commands.startRun(KEYED)).rejects.toThrow('crash');
    dying.freeze();
    const other = newPod();
    await clock.advance(HEALED_MS);
    expect(await pods.story('s1')).toEqual([]);
    const { runId } = await other.commands.startRun(KEYED);
    await clock.flush();
    expect(await pods.run(runId)).toMatchObject({ status: 'completed' });
  });

  it('leaves a session that still names an ended run, which holds nothing', async () => {
    const pod = newPod();
    const { runId } = await pod.commands.startRun(START);
    await clock.flush();
    await pods.sessions.update({ tenant: 'default', sessionId: 's1' }, (s) => ({ ...s, activeRunId: runId }));
    const next = await pod.commands.startRun(START);
    expect((await pods.session('s1')).activeRunId).toBe(next.runId);
  });

  it('leaves a draft that is dropped when nobody wants it', async () => {
    let writes = 0;
    const dying = newPod({
      idle: true,
      storeFault: () => {
        if (++writes > 2) throw new TypeError('crash');
      },
    });
    await expect(dying.commands.startRun(START)).rejects.toThrow('crash');
    const other = newPod();
    await clock.advance(3_600_000 + 2 * sweepEveryMs);
    expect(await pods.runs.listOpen()).toEqual([]);
    expect(await pods.story('s1')).toEqual([]);
    await other.close();
  });

  it('has no crash point that the next tests leave out', async () => {
    let calls = 0;
    const counted = newPod({ onCall: () => void calls++ });
    await counted.commands.startRun(KEYED);
    await clock.flush();
    expect(await pods.story('s1')).toContain('research_complete:completed');
    expect(calls).toBeLessThan(CRASH_POINTS);
    expect(calls).toBeGreaterThan(CRASH_POINTS - 4);
  });

  // Every point where the process can die: before its n-th use of the bus, the queue or a store.
  describe.each(Array.from({ length: CRASH_POINTS }, (_, index) => index + 1))('before call %i', (crashAt) => {
    const dies = (): Pod =>
      newPod({
        onCall: (dying, call) => {
          if (call === crashAt) dying.freeze();
        },
      });

    const expectWhole = async (): Promise<void> => {
      const told = await pods.story('s1');
      if (told.length === 0) return expect((await pods.sessions.get(KEY))?.activeRunId).toBeUndefined();
      expect(told.filter((type) => type !== 'research_resumed')).toEqual([
        ...['research_started', 'thinking_update', 'thinking_update', 'thinking_update'],
        'research_complete:completed',
      ]);
      expect(await pods.session('s1')).not.toHaveProperty('activeRunId');
      expect((await pods.queue.held()).size).toBe(0);
    };
    const KEY = { tenant: 'default', sessionId: 's1' };

    it('is finished by another pod, or was never accepted', async () => {
      void dies().commands.startRun(START);
      await clock.flush();
      newPod();
      await clock.advance(HEALED_MS);
      await expectWhole();
    });

    it('is finished once when its client asks again with its key', async () => {
      void dies().commands.startRun(KEYED);
      await clock.flush();
      const other = newPod();
      // At once, as a client whose connection broke does, and again later.
      const soon = await other.commands.startRun(KEYED);
      await clock.advance(HEALED_MS);
      const late = await other.commands.startRun(KEYED);
      await clock.flush();
      expect(late).toMatchObject({ runId: soon.runId, status: 'completed' });
      expect(await pods.story('s1')).toContain('research_complete:completed');
      await expectWhole();
    });
  });
});
