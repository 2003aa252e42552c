import { beforeEach, describe, expect, it } from '@jest/globals';
import { VanaError } from '@vana/events';
import { FakeClock } from '@vana/test-kit';
import { ScriptedEngine } from '../engine/scripted-engine.js';
import { ALICE, BOB, Pods, type Pod, type PodOptions } from '../spec/pods.js';
import { OUTSIDE_LEASE_MS } from './outside-runs.js';

let clock: FakeClock;
let pods: Pods;
let pod: Pod;
const newPod = (options: Partial<PodOptions> = {}): Pod =>
  pods.pod({ engine: new ScriptedEngine({ events: [] }), ...options });
beforeEach(async () => {
  clock = new FakeClock();
  pods = new Pods(clock);
  pod = newPod();
  await pod.commands.createSession({ principal: ALICE, sessionId: 's1' });
});

const thought = (n: number) => ({
  type: 'thinking_update',
  id: `e${n}`,
  agent_id: 'planner',
  data: { stepId: `s${n}`, agentName: 'planner', action: 'think', status: 'active' },
});
const publish = (events: readonly unknown[], more: { producer?: string; principal?: typeof ALICE } = {}) =>
  pod.commands.publishEvents({ principal: ALICE, sessionId: 's1', events, ...more });

describe('publishEvents', () => {
  it('stores a batch in order and answers with its positions', async () => {
    const answer = await publish([thought(1), thought(2), { type: 'x.acme.note', data: { any: 1 } }]);
    const events = await pods.events('s1');
    expect(answer).toEqual({ positions: [1, 2, 3].map((seq) => `${pods.bus.log.epoch}-${seq}`), duplicates: 0 });
    expect(events.map(({ type, channel }) => [type, channel])).toEqual([
      ...[1, 2].map(() => ['thinking_update', 'agents']),
      ['x.acme.note', 'agents'],
    ]);
    expect(events[0]).toMatchObject({ id: 'x:alice:e1', agentId: 'planner', sessionId: 's1' });
  });

  it('stores the same ids once, by id or by producer and number', async () => {
    const numbered = { type: 'x.acme.note', data: {}, seq: 7 };
    const first = await publish([thought(1), numbered], { producer: 'p1' });
    expect(await publish([thought(1), numbered, thought(2)], { producer: 'p1' })).toEqual({
      positions: [...first.positions, `${pods.bus.log.epoch}-3`],
      duplicates: 2,
    });
    await publish([numbered], { producer: 'p2' });
    expect(await pods.events('s1')).toHaveLength(4);
  });

  it.each<[string, unknown, string]>([
    ['no object', 7, 'invalid_event'],
    ['an unknown type', { type: 'nonsense', data: {} }, 'invalid_event'],
    ['a known type with other data', { ...thought(1), data: {} }, 'invalid_event'],
    ['a type of the platform', { type: 'research_complete', data: { runId: 'r' } }, 'invalid_event'],
    ['an unknown field', { ...thought(1), sessionId: 's2' }, 'invalid_event'],
    ['another channel', { ...thought(1), channel: 'chat' }, 'invalid_event'],
    ['a number without a producer', { type: 'x.acme.note', data: {}, seq: 1 }, 'invalid_event'],
    ['too much', { type: 'x.acme.note', data: { text: 'x'.repeat(70_000) } }, 'event_too_large'],
  ])('refuses %s by its line and stores nothing of the batch', async (_what, wrong, code) => {
    await expect(publish([thought(1), wrong, thought(2)])).rejects.toMatchObject({ code, details: { line: 2 } });
    expect(await pods.events('s1')).toEqual([]);
  });

  it('is for the owner of the session', async () => {
    await pods.sessions.update({ tenant: 'default', sessionId: 's1' }, (s) => ({ ...s, readers: ['bob'] }));
    await expect(publish([thought(1)], { principal: BOB })).rejects.toMatchObject({ code: 'session_not_found' });
    await expect(
      pod.commands.publishEvents({ principal: ALICE, sessionId: 's9', events: [thought(1)] }),
    ).rejects.toMatchObject({ code: 'session_not_found' });
  });

  it('takes none and too many for mistakes', async () => {
    await expect(publish([])).rejects.toMatchObject({ code: 'invalid_body' });
    await expect(publish(Array.from({ length: 1_001 }, () => thought(1)))).rejects.toMatchObject({
      code: 'invalid_body',
    });
  });

  it('tells that the bus failed: the same batch can be sent again', async () => {
    let failures = 1;
    pod = newPod({
      fault: ({ id }) => {
        if (id === 'x:alice:e2' && failures-- > 0) throw new VanaError('bus_unavailable');
      },
    });
    await expect(publish([thought(1), thought(2), thought(3)])).rejects.toMatchObject({ code: 'bus_unavailable' });
    expect((await publish([thought(1), thought(2), thought(3)])).duplicates).toBe(2);
  });
});

describe('a run of an agent outside', () => {
  const START = { principal: ALICE, sessionId: 's1', query: 'why?' };
  const begin = () => pod.commands.startOutsideRun(START);
  const finish = (runId: string, status: 'completed' | 'failed' = 'completed') =>
    pod.commands.finishRun({ principal: ALICE, runId, status, finalReport: '# Report' });

  it('is told from its start to its one end, and holds its session meanwhile', async () => {
    const { runId } = await begin();
    await expect(pod.commands.startRun(START)).rejects.toMatchObject({ code: 'run_active', details: { runId } });
    await publish([{ ...thought(1), run_id: runId }]);
    expect(await finish(runId)).toMatchObject({ status: 'completed' });
    expect(await pods.story('s1')).toEqual([...['research_started', 'thinking_update', 'research_complete:completed']]);
    expect((await pods.events('s1')).at(-1)!.data).toMatchObject({ final_report: '# Report' });
    expect(await pods.session('s1')).not.toHaveProperty('activeRunId');
  });

  it('creates the session, gives the same run to the same key, and is told once', async () => {
    const start = { ...START, sessionId: 'new', idempotencyKey: 'k' };
    const first = await pod.commands.startOutsideRun(start);
    expect((await newPod().commands.startOutsideRun(start)).runId).toBe(first.runId);
    expect(await pods.story('new')).toEqual(['research_started']);
  });

  it('that was finished is finished again with the same answer, and not otherwise', async () => {
    const { runId } = await begin();
    await finish(runId);
    expect(await finish(runId)).toMatchObject({ status: 'completed' });
    await expect(finish(runId, 'failed')).rejects.toMatchObject({
      ...{ code: 'run_finished', details: { runId, status: 'completed' } },
    });
    expect((await pods.story('s1')).filter((told) => told.startsWith('research_complete'))).toHaveLength(1);
  });

  it('that is cancelled ends at once; its agent is told at its next event', async () => {
    const { runId } = await begin();
    expect(await newPod().commands.cancelRun({ principal: ALICE, runId })).toMatchObject({ status: 'cancelled' });
    expect(await pods.story('s1')).toEqual(['research_started', 'research_complete:cancelled']);
    const refused = { code: 'run_finished', details: { runId, status: 'cancelled' } };
    await expect(publish([{ ...thought(1), run_id: runId }])).rejects.toMatchObject(refused);
    await expect(finish(runId)).rejects.toMatchObject(refused);
  });

  it('lives as long as its events come, and is lost without', async () => {
    const { runId } = await begin();
    for (let n = 1; n <= 4; n++) {
      await clock.advance(OUTSIDE_LEASE_MS * 0.6);
      await publish([{ ...thought(n), run_id: runId }]);
    }
    expect(await pods.run(runId)).toMatchObject({ status: 'running' });
    await clock.advance(OUTSIDE_LEASE_MS + 10_000);
    expect(await pods.run(runId)).toMatchObject({ status: 'failed', reason: 'run_lost' });
    expect((await pods.story('s1')).slice(-2)).toEqual(['error:run_lost', 'research_complete:failed']);
  });

  it('takes events of its owner and session only, and no other kind of run does', async () => {
    const { runId } = await begin();
    await pod.commands.createSession({ principal: ALICE, sessionId: 's2' });
    const notFound = { code: 'run_not_found' };
    const elsewhere = { principal: ALICE, sessionId: 's2', events: [{ ...thought(1), run_id: runId }] };
    await expect(pod.commands.publishEvents(elsewhere)).rejects.toMatchObject(notFound);
    await expect(publish([{ ...thought(1), run_id: 'r-unknown' }])).rejects.toMatchObject(notFound);
    const own = newPod({ engine: new ScriptedEngine({ events: [], waitForAbort: true }) });
    const ours = await own.commands.startRun({ ...START, sessionId: 's3' });
    const forged = { principal: ALICE, sessionId: 's3', events: [{ ...thought(1), run_id: ours.runId }] };
    await expect(pod.commands.publishEvents(forged)).rejects.toMatchObject(notFound);
    await expect(finish(ours.runId)).rejects.toMatchObject(notFound);
    await expect(
      pod.commands.finishRun({ principal: BOB, runId, status: 'completed', finalReport: '' }),
    ).rejects.toMatchObject(notFound);
  });

  it('gives way to a start that cancels it', async () => {
    const { runId } = await begin();
    await pod.commands.startRun({ ...START, onActive: 'cancel' });
    await clock.flush();
    expect(await pods.run(runId)).toMatchObject({ status: 'cancelled' });
    expect((await pods.story('s1')).slice(-2)).toEqual(['research_started', 'research_complete:completed']);
  });
});
