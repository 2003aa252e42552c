import { afterEach, describe, expect, it } from '@jest/globals';
import { VanaClient } from '@vana/stream-client';
import { FakeServer, VERDICT, frame } from '../spec/fake-server.js';
import { createChat, visibleMessages, type Chat } from './create-chat.js';
import type { Conversation } from './conversation.js';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

function storageOf(entries: Map<string, string>) {
  return {
    getItem: (key: string) => entries.get(key) ?? null,
    setItem: (key: string, value: string) => void entries.set(key, value),
    removeItem: (key: string) => void entries.delete(key),
  };
}

function open(server: FakeServer, entries = new Map<string, string>()) {
  const client = new VanaClient({ baseUrl: 'http://host', fetch: server.fetch });
  const chat = createChat({ client, storage: storageOf(entries) });
  const stop = chat.start();
  stops.push(stop);
  return { chat, stop };
}

/** Longer than a batch without animation frames. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 300));

function conversation({ store }: Chat): Conversation {
  const { conversations, current } = store.getState();
  return conversations[current!]!;
}

const texts = (chat: Chat): string[] => visibleMessages(conversation(chat)).map(({ text }) => text);

const at = { timestamp: '2030-01-01T00:00:00.000Z' };
let position = 0;
const started = (runId: string, query: string): string =>
  frame('research_started', `e1-${++position}`, { ...at, channel: 'research', runId, query });
const chunk = (runId: string, offset: number, delta: string): string =>
  frame('message_chunk', `e1-${++position}`, { ...at, channel: 'chat', runId, messageId: `${runId}-m`, offset, delta });
const ended = (runId: string, final_report: string): string =>
  frame('research_complete', `e1-${++position}`, {
    ...at,
    channel: 'research',
    runId,
    status: 'completed',
    final_report,
  });

describe('a chat', () => {
  it('shows a question at once, its answer as it is written, and the report at the end', async () => {
    const server = new FakeServer();
    const { chat } = open(server);
    const sending = chat.send('  Why?  ');
    expect(visibleMessages(conversation(chat)).map(({ role, text, status }) => [role, text, status])).toEqual([
      ['user', 'Why?', 'sending'],
      ['assistant', '', 'sending'],
    ]);
    await sending;
    await settled();
    server.write(VERDICT + started('r1', 'Why?') + chunk('r1', 0, 'Be') + chunk('r1', 2, 'cause'));
    await settled();
    expect(texts(chat)).toEqual(['Why?', 'Because']);
    server.write(ended('r1', 'Because.'));
    await settled();
    expect(texts(chat)).toEqual(['Why?', 'Because.']);
    expect(visibleMessages(conversation(chat)).at(-1)?.status).toBe('complete');
    expect(chat.store.getState().sessions[0]).toMatchObject({ title: 'Why?', activeRunId: undefined });
  });

  it('resumes after a reload from the position that was saved with its text', async () => {
    const server = new FakeServer();
    const entries = new Map<string, string>();
    const first = open(server, entries);
    await first.chat.send('Why?');
    await settled();
    server.write(VERDICT + started('r1', 'Why?') + chunk('r1', 0, 'Be'));
    await settled();
    const resumed = `e1-${position}`;
    first.stop();
    const { chat } = open(server, entries);
    await settled();
    expect(server.positions.at(-1)).toBe(resumed);
    expect(texts(chat)).toEqual(['Why?', 'Be']);
    server.write(chunk('r1', 2, 'cause') + ended('r1', 'Because'));
    await settled();
    expect(texts(chat)).toEqual(['Why?', 'Because']);
  });

  it('begins anew after a reset, with what the server has', async () => {
    const server = new FakeServer();
    const { chat } = open(server);
    await chat.send('Why?');
    await settled();
    server.write(VERDICT + started('r1', 'Why?') + chunk('r1', 0, 'old'));
    await settled();
    server.write(VERDICT.replace('"fresh"', '"reset"').replaceAll('e1-0', 'e2-0'));
    server.write((started('r1', 'Why?') + chunk('r1', 0, 'new')).replaceAll('e1-', 'e2-'));
    await settled();
    expect(texts(chat)).toEqual(['Why?', 'new']);
  });

  it('keeps a refused question and sends it again when told', async () => {
    const server = new FakeServer();
    const { chat } = open(server);
    server.refuseWith(409);
    await chat.send('Why?');
    const [question] = visibleMessages(conversation(chat));
    expect(question).toMatchObject({
      status: 'refused',
      error: expect.stringContaining('active') as unknown as string,
    });
    server.refuseWith(undefined);
    await chat.retry(question!.key);
    expect(visibleMessages(conversation(chat)).map(({ runId, status }) => [runId, status])).toEqual([
      ['r1', 'complete'],
      ['r1', 'queued'],
    ]);
  });

  it('puts an edited question in place of the old one and of what followed', async () => {
    const server = new FakeServer();
    const { chat } = open(server);
    await chat.send('One?');
    await settled();
    server.write(VERDICT + started('r1', 'One?') + ended('r1', 'A'));
    await settled();
    await chat.edit(visibleMessages(conversation(chat))[0]!.key, 'Two?');
    expect(server.asked.at(-1)).toMatchObject({ method: 'POST', body: { query: 'Two?', on_active: 'cancel' } });
    server.write(started('r2', 'Two?') + ended('r2', 'B'));
    await settled();
    expect(texts(chat)).toEqual(['Two?', 'B']);
    await chat.regenerate(visibleMessages(conversation(chat))[1]!.key);
    server.write(started('r3', 'Two?') + ended('r3', 'C'));
    await settled();
    expect(texts(chat)).toEqual(['Two?', 'C']);
  });

  it('stops the active run, and only when told', async () => {
    const server = new FakeServer();
    const { chat, stop } = open(server);
    await chat.send('Why?');
    await settled();
    server.write(VERDICT + started('r1', 'Why?'));
    await settled();
    await chat.stop();
    expect(server.asked.at(-1)).toMatchObject({ method: 'DELETE', path: '/api/runs/r1' });
    stop();
    expect(server.asked.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
  });
});
