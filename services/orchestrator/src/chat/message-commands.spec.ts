import { beforeEach, describe, expect, it } from '@jest/globals';
import { FakeClock } from '@vana/test-kit';
import type { EngineEvent, ResearchEngine } from '../engine/research-engine.js';
import { ALICE, BOB, Pods, type Pod } from '../spec/pods.js';

/** Writes one message, `<run>-report`. */
const engine: ResearchEngine = {
  run: async ({ runId, query }, emit) => {
    const text = `About ${query}`;
    const messageId = `${runId}-report`;
    const event = (type: string, data: Record<string, unknown>): EngineEvent => ({
      ...{ type, channel: 'chat', agentId: 'writer', data: { messageId, agentId: 'writer', ...data } },
    });
    await emit({
      ...{ type: 'research_progress', channel: 'research' },
      data: { runId, status: 'running', overall_progress: 0.5, current_phase: 'p', agents: [] },
    });
    await emit(event('message_chunk', { offset: 0, delta: text }));
    await emit(event('message_complete', { content: text }));
    return { status: 'completed', finalReport: text };
  },
};

let clock: FakeClock;
let pods: Pods;
let pod: Pod;
beforeEach(() => {
  clock = new FakeClock();
  pods = new Pods(clock);
  pod = pods.pod({ engine });
});

const IN = { principal: ALICE, sessionId: 's1' };
const say = async (content: string) => {
  const said = await pod.commands.postMessage({ ...IN, content, respond: true });
  await clock.flush();
  return { said: said.messageId, answer: `${said.runId}-report`, runId: said.runId! };
};
const told = async (type: string) => (await pods.events('s1')).filter((event) => event.type === type);

describe('postMessage', () => {
  it('stores the message and starts the run that answers it', async () => {
    const { said, runId } = await say(' why? ');
    const [message] = await told('message_complete');
    expect(message!.data).toEqual({ messageId: said, content: 'why?', role: 'user' });
    expect(await pods.run(runId)).toMatchObject({ status: 'completed', query: 'why?' });
    expect(await pods.session('s1')).toMatchObject({ owner: 'alice', title: 'why?' });
  });

  it('asked twice with one key stores one message and starts one run', async () => {
    const post = { ...IN, content: 'why?', respond: true, idempotencyKey: 'k' };
    const first = await pod.commands.postMessage(post);
    await clock.flush();
    expect(await pods.pod({ engine, idle: true }).commands.postMessage(post)).toEqual(first);
    expect(await told('research_started')).toHaveLength(1);
    expect(await told('message_complete')).toHaveLength(2);
  });

  it('wants no answer when told so, and stores nothing while a run is active', async () => {
    const note = await pod.commands.postMessage({ ...IN, content: 'note', respond: false });
    expect(note).not.toHaveProperty('runId');
    await pod.close();
    const idle = pods.pod({ engine, idle: true });
    await idle.commands.startRun({ ...IN, query: 'busy' });
    await expect(idle.commands.postMessage({ ...IN, content: 'x', respond: true })).rejects.toMatchObject({
      code: 'run_active',
    });
    expect(await told('message_complete')).toHaveLength(1);
  });
});

describe('editMessage', () => {
  it('changes the message and deletes those after it', async () => {
    const { said, answer } = await say('why?');
    const more = await say('and then?');
    const changed = await pod.commands.editMessage({ ...IN, messageId: said, content: 'how?' });
    const gone = [answer, more.said, more.answer];
    expect(changed).toMatchObject({ deletedMessageIds: gone, position: expect.any(String) });
    expect((await told('message_edited'))[0]!.data).toEqual({
      ...{ messageId: said, content: 'how?', previousContent: 'why?' },
    });
    expect((await told('message_deleted'))[0]!.data).toEqual({
      ...{ messageId: said, deletedCount: 3, deletedMessageIds: gone },
    });
    await expect(pod.commands.deleteMessage({ ...IN, messageId: 'unknown' })).rejects.toMatchObject({
      code: 'message_not_found',
    });
  });

  it('that changes nothing tells nothing', async () => {
    const { said } = await say('why?');
    await pod.commands.editMessage({ ...IN, messageId: said, content: 'how?' });
    const again = await pods
      .pod({ engine, idle: true })
      .commands.editMessage({ ...IN, messageId: said, content: 'how?' });
    expect(again).toEqual({ deletedMessageIds: [] });
    expect(await told('message_edited')).toHaveLength(1);
  });

  it('there and back again is told each time', async () => {
    const { said } = await say('a');
    for (const content of ['b', 'a', 'b', 'a']) await pod.commands.editMessage({ ...IN, messageId: said, content });
    expect((await told('message_edited')).map(({ data }) => data['content'])).toEqual(['b', 'a', 'b', 'a']);
  });

  it('by many pods at once is told once', async () => {
    const { said } = await say('why?');
    const others = [pod, pods.pod({ engine, idle: true }), pods.pod({ engine, idle: true })];
    await Promise.all(others.map((each) => each.commands.editMessage({ ...IN, messageId: said, content: 'how?' })));
    expect(await told('message_edited')).toHaveLength(1);
    expect(await told('message_deleted')).toHaveLength(1);
  });
});

describe('deleteMessage', () => {
  it('deletes it and those after it, once', async () => {
    const { said, answer } = await say('why?');
    const remove = () => pod.commands.deleteMessage({ ...IN, messageId: answer });
    expect(await remove()).toMatchObject({ deletedMessageIds: [answer] });
    expect(await remove()).toEqual({ deletedMessageIds: [] });
    expect(await told('message_deleted')).toHaveLength(1);
    await expect(pod.commands.editMessage({ ...IN, messageId: answer, content: 'x' })).rejects.toMatchObject({
      code: 'message_not_found',
    });
    expect(await pod.commands.deleteMessage({ ...IN, messageId: said })).toMatchObject({ deletedMessageIds: [said] });
  });

  it('is for the owner', async () => {
    const { said } = await say('why?');
    await pod.commands.shareSession({ ...IN, reader: 'bob' });
    await expect(pod.commands.deleteMessage({ ...IN, principal: BOB, messageId: said })).rejects.toMatchObject({
      code: 'session_not_found',
    });
  });
});

describe('giveFeedback', () => {
  it('is one per reader and message; a later one takes its place', async () => {
    const { answer } = await say('why?');
    await pod.commands.shareSession({ ...IN, reader: 'bob' });
    const judge = (principal: typeof ALICE, type: 'upvote' | 'downvote') =>
      pod.commands.giveFeedback({ ...IN, principal, messageId: answer, type });
    const first = await judge(ALICE, 'upvote');
    expect(await judge(ALICE, 'upvote')).toEqual({ deletedMessageIds: [], feedbackId: first.feedbackId });
    expect((await judge(ALICE, 'downvote')).feedbackId).toBe(first.feedbackId);
    expect((await judge(BOB, 'upvote')).feedbackId).not.toBe(first.feedbackId);
    expect((await told('feedback_submitted')).map(({ data }) => data['feedbackType'])).toEqual([
      ...['upvote', 'downvote', 'upvote'],
    ]);
    expect(JSON.stringify(await told('feedback_submitted'))).not.toContain('bob');
  });
});

describe('regenerateMessage', () => {
  it('has a run write the message anew', async () => {
    const { answer } = await say('why?');
    const run = await pod.commands.regenerateMessage({ ...IN, messageId: answer });
    await clock.flush();
    const of = { messageId: answer, taskId: run.runId };
    expect((await told('message_regenerating'))[0]!.data).toEqual({
      ...of,
      ...{ originalMessageId: answer, userQuery: 'why?' },
    });
    expect((await told('regeneration_progress'))[0]!.data).toEqual({ ...of, progress: 50, partialContent: '' });
    expect((await told('message_regenerated'))[0]!.data).toEqual({ ...of, content: 'About why?' });
    expect(await pods.run(run.runId)).toMatchObject({ status: 'completed', regenerates: answer });
  });

  it('tells that it failed', async () => {
    const { answer } = await say('why?');
    await pod.close();
    const failing = pods.pod({ engine: { run: () => Promise.reject(new Error('no')) } });
    await failing.commands.regenerateMessage({ ...IN, messageId: answer });
    await clock.flush();
    expect((await told('regeneration_error'))[0]!.data).toMatchObject({ messageId: answer, error: 'engine_failed' });
    expect(await told('message_regenerated')).toEqual([]);
  });

  it('is for answers of runs', async () => {
    const { said } = await say('why?');
    await expect(pod.commands.regenerateMessage({ ...IN, messageId: said })).rejects.toMatchObject({
      code: 'message_not_found',
    });
  });
});

describe('retryRun', () => {
  it('asks the question again, once', async () => {
    const { runId } = await say('why?');
    const retry = () => pod.commands.retryRun({ principal: ALICE, runId });
    const again = await retry();
    await clock.flush();
    expect((await retry()).runId).toBe(again.runId);
    expect(await pods.run(again.runId)).toMatchObject({ query: 'why?', retryOf: runId, status: 'completed' });
    expect((await told('research_started'))[1]!.data).toMatchObject({ retryOf: runId });
  });

  it('of a run that goes on is refused', async () => {
    await pod.close();
    const idle = pods.pod({ engine, idle: true });
    const { runId } = await idle.commands.startRun({ ...IN, query: 'q' });
    await expect(idle.commands.retryRun({ principal: ALICE, runId })).rejects.toMatchObject({ code: 'run_active' });
    await expect(idle.commands.retryRun({ principal: BOB, runId })).rejects.toMatchObject({ code: 'run_not_found' });
  });
});
