import { beforeEach, describe, expect, it } from '@jest/globals';
import { VanaError } from '@vana/events';
import type { StartRun } from '@vana/run-state';
import { FakeClock } from '@vana/test-kit';
import { ScriptedEngine } from '../engine/scripted-engine.js';
import { DEFAULT_RUN_LIMITS } from '../runs/run-limits.js';
import { ALICE, BOB, OTHER_ALICE, Pods, type Pod, type PodOptions } from '../spec/pods.js';

const { cancelWaitMs } = DEFAULT_RUN_LIMITS;
const QUICK = new ScriptedEngine({ events: [] });
const LASTING = new ScriptedEngine({ events: [], waitForAbort: true });
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

describe('startRun: session and question', () => {
  it('creates the session for the caller, titled by the question', async () => {
    const query = `  What  is\n${'long '.repeat(40)}?`;
    const run = await pod.commands.startRun({ ...START, query });
    const session = await pods.session('s1');
    expect(session).toMatchObject({ owner: 'alice', tenant: 'default', readers: [], activeRunId: run.runId });
    expect(session.title).toMatch(/^What is long long/);
    expect([...session.title].length).toBeLessThanOrEqual(80);
    expect(run).toMatchObject({ sessionId: 's1', owner: 'alice', status: 'queued', query: query.trim() });
  });

  it('gives its title to a session that has none and leaves another one alone', async () => {
    await pod.commands.createSession({ principal: ALICE, sessionId: 's1' });
    await pod.commands.createSession({ principal: ALICE, sessionId: 's2', title: 'mine' });
    await pod.commands.startRun(START);
    await pod.commands.startRun({ ...START, sessionId: 's2' });
    expect((await pods.session('s1')).title).toBe('why?');
    expect((await pods.session('s2')).title).toBe('mine');
  });

  it('does not let strangers or readers start, and does not tell them that the session is there', async () => {
    await pod.commands.createSession({ principal: ALICE, sessionId: 's1' });
    await pods.sessions.update({ tenant: 'default', sessionId: 's1' }, (s) => ({ ...s, readers: ['reader'] }));
    for (const principal of [BOB, { ...BOB, id: 'reader' }]) {
      await expect(pod.commands.startRun({ ...START, principal })).rejects.toMatchObject({ code: 'session_not_found' });
    }
    expect(await pods.events('s1')).toEqual([]);
  });

  it('keeps tenants apart', async () => {
    const ours = await pod.commands.startRun(START);
    const theirs = await pod.commands.startRun({ ...START, principal: OTHER_ALICE });
    expect(theirs.runId).not.toBe(ours.runId);
    expect((await pods.session('s1', 'other')).activeRunId).toBe(theirs.runId);
    await expect(pod.commands.getRun({ principal: OTHER_ALICE, runId: ours.runId })).rejects.toMatchObject({
      code: 'run_not_found',
    });
  });

  it('tells the owner that the session was deleted, others that there is none', async () => {
    await pod.commands.createSession({ principal: ALICE, sessionId: 's1' });
    await pod.commands.deleteSession({ principal: ALICE, sessionId: 's1' });
    await expect(pod.commands.startRun(START)).rejects.toMatchObject({ code: 'session_gone' });
    await expect(pod.commands.startRun({ ...START, principal: BOB })).rejects.toMatchObject({
      code: 'session_not_found',
    });
  });

  it('does not start on a session that is deleted meanwhile', async () => {
    let writes = 0;
    const slow = newPod({
      // Session, run record, then the session is to name the run.
      storeFault: () => void (++writes === 3 && pods.sessions.remove({ tenant: 'default', sessionId: 's1' }, 1)),
    });
    await expect(slow.commands.startRun(START)).rejects.toMatchObject({ code: 'session_gone' });
    await clock.flush();
    expect(await pods.events('s1')).toEqual([]);
    expect(slow.worker.running).toBe(0);
  });

  it.each([
    ['', 'question_empty'],
    [' \n\t ', 'question_empty'],
    ['x'.repeat(10_001), 'question_too_long'],
  ])('refuses a bad question and creates nothing', async (query, code) => {
    await expect(pod.commands.startRun({ ...START, query })).rejects.toMatchObject({ code });
    expect(await pods.sessions.get({ tenant: 'default', sessionId: 's1' })).toBeUndefined();
  });

  it('counts characters as people do, blanks around them not', async () => {
    const query = `  ${'😀'.repeat(10_000)}  `;
    expect((await pod.commands.startRun({ ...START, query })).query).toBe(query.trim());
  });

  it.each(['a.b', '*', '>', 'a b', '', 'x'.repeat(65)])('refuses the session id %j', async (sessionId) => {
    await expect(pod.commands.startRun({ ...START, sessionId })).rejects.toMatchObject({ code: 'invalid_session_id' });
  });
});

describe('startRun: one active run per session', () => {
  it('refuses a second one and names the first', async () => {
    const { runId } = await pod.commands.startRun(START);
    for (const other of [pod, newPod()]) {
      await expect(other.commands.startRun(START)).rejects.toMatchObject({ code: 'run_active', details: { runId } });
    }
  });

  it('lets one of many starts on several pods win', async () => {
    const all = [pod, newPod(), newPod()].flatMap((one) => [one, one, one]);
    const outcomes = await Promise.allSettled(all.map((one) => one.commands.startRun(START)));
    await clock.flush();
    const won = outcomes.filter(({ status }) => status === 'fulfilled');
    const codes = outcomes.flatMap((one) => (one.status === 'rejected' ? [(one.reason as { code: string }).code] : []));
    expect(won).toHaveLength(1);
    expect(new Set(codes)).toEqual(new Set(['run_active']));
    expect(await pods.story('s1')).toEqual(['research_started']);
  });

  it('starts the next one when the first has ended', async () => {
    await pod.close();
    const quick = newPod({ engine: QUICK });
    await quick.commands.startRun(START);
    await clock.flush();
    await quick.commands.startRun(START);
    await clock.flush();
    expect((await pods.story('s1')).filter((told) => told === 'research_complete:completed')).toHaveLength(2);
  });
});

describe('startRun: on_active cancel', () => {
  const CANCEL: StartRun = { ...START, onActive: 'cancel' };

  it('cancels the run of its own pod first, also when that pod has one place only', async () => {
    const small = newPod({ limits: { runsPerPod: 1 } });
    const first = await small.commands.startRun(START);
    await clock.flush();
    const second = await small.commands.startRun(CANCEL);
    await clock.flush();
    expect(await pods.run(first.runId)).toMatchObject({ status: 'cancelled' });
    expect(await pods.run(second.runId)).toMatchObject({ status: 'running' });
    expect(await pods.story('s1')).toEqual(['research_started', 'research_complete:cancelled', 'research_started']);
  });

  it('cancels the run of another pod first', async () => {
    const first = await pod.commands.startRun(START);
    await clock.flush();
    const second = await newPod().commands.startRun(CANCEL);
    expect(await pods.run(first.runId)).toMatchObject({ status: 'cancelled' });
    expect((await pods.session('s1')).activeRunId).toBe(second.runId);
  });

  it('gives up when the other does not end in time', async () => {
    const { runId } = await pod.commands.startRun(START);
    await clock.flush();
    pod.freeze();
    const starting = expect(newPod().commands.startRun(CANCEL)).rejects.toMatchObject({
      code: 'run_active',
      details: { runId },
    });
    await clock.advance(cancelWaitMs);
    await starting;
    expect((await pods.session('s1')).activeRunId).toBe(runId);
  });
});

describe('startRun: the queue', () => {
  const start = (one: Pod, n: number, principal = ALICE) =>
    one.commands.startRun({ ...START, principal, sessionId: `s${n}` });
  const statuses = async (runs: readonly { runId: string }[]) =>
    Promise.all(runs.map(async ({ runId }) => (await pods.run(runId)).status));

  it('lets runs wait until a place is free, in their order', async () => {
    await pod.close();
    const small = newPod({ limits: { runsPerPod: 2 } });
    const runs = [await start(small, 1), await start(small, 2), await start(small, 3), await start(small, 4)];
    await clock.flush();
    expect(await statuses(runs)).toEqual(['running', 'running', 'queued', 'queued']);
    await small.commands.cancelRun({ principal: ALICE, runId: runs[1]!.runId });
    await clock.flush();
    expect(await statuses(runs)).toEqual(['running', 'cancelled', 'running', 'queued']);
  });

  it('is emptied by every pod', async () => {
    await pod.close();
    const runs = [];
    const idle = newPod({ idle: true });
    for (let n = 1; n <= 4; n++) runs.push(await start(idle, n));
    const [one, two] = [newPod({ limits: { runsPerPod: 2 } }), newPod({ limits: { runsPerPod: 2 } })];
    await clock.flush();
    expect(await statuses(runs)).toEqual(['running', 'running', 'running', 'running']);
    expect([one.worker.running, two.worker.running]).toEqual([2, 2]);
  });

  it('tells readers where their run stands, while it waits', async () => {
    await pod.close();
    const small = newPod({ limits: { runsPerPod: 1 } });
    const runs = [];
    for (let n = 1; n <= 3; n++) {
      runs.push(await start(small, n));
      await clock.advance(1);
    }
    await clock.advance(400);
    const told = async (session: string) =>
      (await pods.events(session)).filter(({ type }) => type === 'research_queued').map(({ data }) => data);
    expect(await told('s1')).toEqual([]);
    expect(await told('s3')).toEqual([{ runId: runs[2]!.runId, position: 2, ahead: 1 }]);
    await small.commands.cancelRun({ principal: ALICE, runId: runs[0]!.runId });
    await clock.advance(10_000);
    expect((await told('s3')).map(({ position }) => position)).toEqual([2, 1]);
    expect(await pods.story('s2')).toEqual(['research_queued', 'research_started']);
  });

  it('takes no more than it may hold', async () => {
    await pod.close();
    const small = newPod({ limits: { runsPerPod: 1, queueLimit: 1 } });
    await start(small, 1);
    await clock.flush();
    await start(small, 2);
    await expect(start(small, 3)).rejects.toMatchObject({ code: 'too_many_runs' });
    expect(await pods.sessions.get({ tenant: 'default', sessionId: 's3' })).not.toHaveProperty('activeRunId');
  });

  it('passes over runs of a principal that has enough at work, until one of them has ended', async () => {
    await pod.close();
    const shared = newPod({ limits: { runsPerPod: 3, runsPerPrincipal: 1 } });
    const runs = [await start(shared, 1), await start(shared, 2)];
    await clock.flush();
    const bobs = await start(shared, 3, BOB);
    const foreign = await start(shared, 4, OTHER_ALICE);
    await clock.advance(2_000);
    expect(await statuses(runs)).toEqual(['running', 'queued']);
    expect((await pods.run(bobs.runId)).status).toBe('running');
    expect((await pods.run(foreign.runId, 'other')).status).toBe('running');
    await shared.commands.cancelRun({ principal: ALICE, runId: runs[0]!.runId });
    await clock.advance(1_000);
    expect(await statuses(runs)).toEqual(['cancelled', 'running']);
  });

  it('lets go of a run that is cancelled while it waits, at once', async () => {
    await pod.close();
    const small = newPod({ limits: { runsPerPod: 1 } });
    await start(small, 1);
    const waiting = await start(small, 2);
    await clock.flush();
    const other = newPod({ idle: true });
    await other.commands.cancelRun({ principal: ALICE, runId: waiting.runId });
    await clock.flush();
    expect(await pods.story('s2')).toEqual(['research_started', 'research_complete:cancelled']);
    expect((await pods.run(waiting.runId)).status).toBe('cancelled');
    await start(small, 2);
  });

  it('ends silently what waits for a deleted session', async () => {
    await pod.close();
    const idle = newPod({ idle: true });
    const { runId } = await start(idle, 1);
    await pods.sessions.remove({ tenant: 'default', sessionId: 's1' }, clock.now());
    newPod();
    await clock.flush();
    expect(await pods.run(runId)).toMatchObject({ status: 'cancelled', reason: 'session_deleted' });
    expect(await pods.events('s1')).toEqual([]);
  });

  it('is filled later when it was away', async () => {
    await pod.close();
    const add = pods.queue.add.bind(pods.queue);
    pods.queue.add = () => Promise.reject(new VanaError('bus_unavailable'));
    const one = newPod();
    const { runId } = await start(one, 1);
    expect((await pods.run(runId)).status).toBe('queued');
    pods.queue.add = add;
    await clock.advance(2 * DEFAULT_RUN_LIMITS.sweepEveryMs);
    expect((await pods.run(runId)).status).toBe('running');
  });
});

describe('startRun: idempotency key', () => {
  const KEYED: StartRun = { ...START, idempotencyKey: 'k1' };

  it('gives the same run to the same request, on any pod, while it runs and after it has ended', async () => {
    const { runId } = await pod.commands.startRun(KEYED);
    await clock.flush();
    const again = await newPod().commands.startRun({ ...KEYED, query: '  why? ' });
    expect(again).toMatchObject({ runId, status: 'running' });
    await pod.commands.cancelRun({ principal: ALICE, runId });
    await clock.flush();
    expect(await newPod().commands.startRun(KEYED)).toMatchObject({ runId, status: 'cancelled' });
    expect(await pods.story('s1')).toEqual(['research_started', 'research_complete:cancelled']);
  });

  it('refuses the key with another question', async () => {
    await pod.commands.startRun(KEYED);
    await expect(pod.commands.startRun({ ...KEYED, query: 'who?' })).rejects.toMatchObject({
      code: 'idempotency_mismatch',
    });
  });

  it('belongs to one principal and one session', async () => {
    const one = await pod.commands.startRun(KEYED);
    const two = await pod.commands.startRun({ ...KEYED, sessionId: 's2', query: 'who?' });
    const three = await pod.commands.startRun({ ...KEYED, sessionId: 's3', principal: BOB });
    expect(new Set([one.runId, two.runId, three.runId]).size).toBe(3);
  });

  it('runs once when many pods get the same request at once', async () => {
    const all = [pod, newPod(), newPod()];
    const runs = await Promise.all(all.map((one) => one.commands.startRun(KEYED)));
    await clock.flush();
    expect(new Set(runs.map(({ runId }) => runId)).size).toBe(1);
    expect(await pods.story('s1')).toEqual(['research_started']);
    expect(all.reduce((sum, one) => sum + one.worker.running, 0)).toBe(1);
  });

  describe('when another pod is faster between the look for the run and its creation', () => {
    /** The calls before: session looked for and created, run looked for. */
    const CREATES_RUN = 4;
    const slow = (): Pod =>
      newPod({
        idle: true,
        onCall: (one, call) => {
          if (call === CREATES_RUN) one.freeze();
        },
      });

    it('gives its run, also when that has ended already', async () => {
      const behind = slow();
      const starting = behind.commands.startRun(KEYED);
      await clock.flush();
      await pod.close();
      const { runId } = await newPod({ engine: QUICK }).commands.startRun(KEYED);
      await clock.flush();
      behind.thaw();
      expect(await starting).toMatchObject({ runId, status: 'completed' });
      await clock.flush();
      expect(await pods.session('s1')).not.toHaveProperty('activeRunId');
      expect(await pods.story('s1')).toEqual(['research_started', 'research_complete:completed']);
    });

    it('refuses another question', async () => {
      const behind = slow();
      const starting = expect(behind.commands.startRun({ ...KEYED, query: 'who?' })).rejects.toMatchObject({
        code: 'idempotency_mismatch',
      });
      await clock.flush();
      await newPod().commands.startRun(KEYED);
      behind.thaw();
      await starting;
    });
  });

  it('starts later what was refused because of another run', async () => {
    const first = await pod.commands.startRun(START);
    await expect(pod.commands.startRun(KEYED)).rejects.toMatchObject({ code: 'run_active' });
    await pod.commands.cancelRun({ principal: ALICE, runId: first.runId });
    await clock.flush();
    const second = await pod.commands.startRun(KEYED);
    await clock.flush();
    expect(await pods.run(second.runId)).toMatchObject({ status: 'running' });
  });
});
