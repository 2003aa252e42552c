import { beforeEach, describe, expect, it } from '@jest/globals';
import { FakeClock } from '@vana/test-kit';
import { ScriptedEngine } from '../engine/scripted-engine.js';
import { DEFAULT_RUN_LIMITS } from '../runs/run-limits.js';
import { ALICE, BOB, OTHER_ALICE, Pods, type Pod } from '../spec/pods.js';

const { cancelWaitMs, leaseMs } = DEFAULT_RUN_LIMITS;
const READER = { ...BOB, id: 'reader' };
const S1 = { tenant: 'default', sessionId: 's1' };

let clock: FakeClock;
let pods: Pods;
let pod: Pod;
beforeEach(async () => {
  clock = new FakeClock();
  pods = new Pods(clock);
  pod = pods.pod({ engine: new ScriptedEngine({ events: [], waitForAbort: true }) });
});

const shareWithReader = () => pods.sessions.update(S1, (session) => ({ ...session, readers: ['reader'] }));
const startedRun = async (): Promise<string> => {
  const { runId } = await pod.commands.startRun({ principal: ALICE, sessionId: 's1', query: 'why?' });
  await clock.flush();
  return runId;
};

describe('createSession', () => {
  it('makes up an id and leaves the title empty', async () => {
    const one = await pod.commands.createSession({ principal: ALICE });
    const two = await pod.commands.createSession({ principal: ALICE });
    expect(one.sessionId).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(two.sessionId).not.toBe(one.sessionId);
    expect(one).toMatchObject({ owner: 'alice', tenant: 'default', readers: [], title: '', createdAtMs: clock.now() });
    expect(await pods.session(one.sessionId)).toEqual(one);
  });

  it('tells those who may read it that the session exists, others only that it is not theirs', async () => {
    await pod.commands.createSession({ principal: ALICE, sessionId: 's1', title: 'first' });
    await shareWithReader();
    const again = (principal: typeof ALICE) => pod.commands.createSession({ principal, sessionId: 's1', title: 'x' });
    await expect(again(ALICE)).rejects.toMatchObject({ code: 'session_exists' });
    await expect(again(READER)).rejects.toMatchObject({ code: 'session_exists' });
    await expect(again(BOB)).rejects.toMatchObject({ code: 'session_not_found' });
    expect((await again(OTHER_ALICE)).tenant).toBe('other');
    expect((await pods.session('s1')).title).toBe('first');
  });

  it('never uses an id again', async () => {
    await pod.commands.createSession({ principal: ALICE, sessionId: 's1' });
    await pod.commands.deleteSession({ principal: ALICE, sessionId: 's1' });
    await expect(pod.commands.createSession({ principal: ALICE, sessionId: 's1' })).rejects.toMatchObject({
      code: 'session_gone',
    });
    await expect(pod.commands.createSession({ principal: BOB, sessionId: 's1' })).rejects.toMatchObject({
      code: 'session_not_found',
    });
  });

  it.each(['', 'a.b', 'a b', '*', '>'])('refuses the id %j', async (sessionId) => {
    await expect(pod.commands.createSession({ principal: ALICE, sessionId })).rejects.toMatchObject({
      code: 'invalid_session_id',
    });
  });
});

describe('getSession and listSessions', () => {
  it('shows a session to its owner and readers, unknown and foreign alike to others', async () => {
    const session = await pod.commands.createSession({ principal: ALICE, sessionId: 's1' });
    await shareWithReader();
    const get = (principal: typeof ALICE, sessionId = 's1') => pod.commands.getSession({ principal, sessionId });
    expect(await get(ALICE)).toMatchObject({ sessionId: session.sessionId });
    expect(await get(READER)).toMatchObject({ sessionId: session.sessionId });
    const refusals = await Promise.all(
      [get(BOB), get(OTHER_ALICE), get(ALICE, 'unknown')].map((asked) => asked.catch((error: Error) => error)),
    );
    for (const refusal of refusals) expect(refusal).toEqual(expect.objectContaining({ code: 'session_not_found' }));
    expect(new Set(refusals.map((refusal) => JSON.stringify(refusal))).size).toBe(1);
  });

  it('lists the sessions of the caller, newest first', async () => {
    for (const sessionId of ['s1', 's2', 's3']) {
      await pod.commands.createSession({ principal: ALICE, sessionId });
      await clock.advance(1);
    }
    await pod.commands.createSession({ principal: BOB, sessionId: 's4' });
    await pod.commands.deleteSession({ principal: ALICE, sessionId: 's2' });
    const listed = await pod.commands.listSessions({ principal: ALICE, limit: 10 });
    expect(listed.map(({ sessionId }) => sessionId)).toEqual(['s3', 's1']);
    expect(await pod.commands.listSessions({ principal: ALICE, limit: 1 })).toHaveLength(1);
  });
});

describe('deleteSession', () => {
  it('ends the active run before the session is gone', async () => {
    const runId = await startedRun();
    const seen: unknown[] = [];
    pods.sessions.onChange(({ deletedAtMs }) => {
      if (deletedAtMs !== undefined) seen.push('deleted');
    });
    pods.runs.onChange(({ status }) => void (status === 'cancelled' && seen.push(status)));
    await pod.commands.deleteSession({ principal: ALICE, sessionId: 's1' });
    await clock.flush();
    expect(seen).toEqual(['cancelled', 'deleted']);
    // Its events are erased with it.
    expect(await pods.story('s1')).toEqual([]);
    await expect(pod.commands.getSession({ principal: ALICE, sessionId: 's1' })).rejects.toMatchObject({
      code: 'session_gone',
    });
    await expect(pod.commands.getRun({ principal: ALICE, runId })).rejects.toMatchObject({ code: 'run_not_found' });
  });

  it('ends a lost run too', async () => {
    const runId = await startedRun();
    pod.freeze();
    await clock.advance(leaseMs);
    const other = pods.pod({ engine: new ScriptedEngine({ events: [] }) });
    await other.commands.deleteSession({ principal: ALICE, sessionId: 's1' });
    expect(await pods.run(runId)).toMatchObject({ status: 'cancelled' });
  });

  it('does not wait for ever for a run that does not end', async () => {
    await startedRun();
    pod.freeze();
    const other = pods.pod({ engine: new ScriptedEngine({ events: [] }) });
    const deleting = other.commands.deleteSession({ principal: ALICE, sessionId: 's1' });
    await clock.advance(cancelWaitMs);
    await deleting;
    expect((await pods.session('s1')).deletedAtMs).toBe(clock.now());
  });

  it('is for the owner only', async () => {
    await pod.commands.createSession({ principal: ALICE, sessionId: 's1' });
    await shareWithReader();
    for (const principal of [READER, BOB, OTHER_ALICE]) {
      await expect(pod.commands.deleteSession({ principal, sessionId: 's1' })).rejects.toMatchObject({
        code: 'session_not_found',
      });
    }
    expect(await pods.session('s1')).not.toHaveProperty('deletedAtMs');
  });
});

describe('getRun and cancelRun', () => {
  it('shows a run to owner and readers of its session, lets only the owner cancel it', async () => {
    const runId = await startedRun();
    await shareWithReader();
    for (const principal of [ALICE, READER]) {
      expect(await pod.commands.getRun({ principal, runId })).toMatchObject({ runId, status: 'running' });
    }
    for (const principal of [READER, BOB, OTHER_ALICE]) {
      await expect(pod.commands.cancelRun({ principal, runId })).rejects.toMatchObject({ code: 'run_not_found' });
    }
    for (const principal of [BOB, OTHER_ALICE]) {
      await expect(pod.commands.getRun({ principal, runId })).rejects.toMatchObject({ code: 'run_not_found' });
    }
    await clock.flush();
    expect(await pods.run(runId)).toMatchObject({ status: 'running', cancelRequested: false });
  });

  it('answers a cancel with the request noted and repeats it without harm', async () => {
    const runId = await startedRun();
    expect(await pod.commands.cancelRun({ principal: ALICE, runId })).toMatchObject({ cancelRequested: true });
    await clock.flush();
    expect(await pod.commands.cancelRun({ principal: ALICE, runId })).toMatchObject({ status: 'cancelled' });
    expect(await pods.story('s1')).toEqual(['research_started', 'research_complete:cancelled']);
  });

  it('ends a lost run that is to be cancelled', async () => {
    const runId = await startedRun();
    pod.freeze();
    await clock.advance(leaseMs);
    const other = pods.pod({ engine: new ScriptedEngine({ events: [] }) });
    expect(await other.commands.cancelRun({ principal: ALICE, runId })).toMatchObject({ status: 'cancelled' });
    expect(await pods.session('s1')).not.toHaveProperty('activeRunId');
  });

  it('knows no unknown run and no malformed id', async () => {
    await expect(pod.commands.getRun({ principal: ALICE, runId: 'r1' })).rejects.toMatchObject({
      code: 'run_not_found',
    });
    await expect(pod.commands.cancelRun({ principal: ALICE, runId: 'a.*' })).rejects.toMatchObject({
      code: 'invalid_run_id',
    });
  });
});
