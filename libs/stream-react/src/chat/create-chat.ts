// A chat without a framework: sessions and conversations in a zustand store, and what people do with them.
import { createStore, type StoreApi } from 'zustand/vanilla';
import { persist } from 'zustand/middleware';
import { ApiError, newId, type FollowOptions, type StreamStatus, type VanaClient } from '@vana/stream-client';
import { isActive } from '../research-run.js';
import { newMessage } from './apply-events.js';
import { NEW_CONVERSATION, type ChatMessage, type Conversation, type Feedback } from './conversation.js';
import { Follower } from './follower.js';
import { savedChat, type KeyValueStore } from './saved-chat.js';

export interface ChatSession {
  readonly id: string;
  readonly title: string;
  /** ISO 8601 UTC. */
  readonly updatedAt: string;
  readonly activeRunId: string | undefined;
}

export interface ChatState {
  /** Newest first. */
  readonly sessions: readonly ChatSession[];
  /** `undefined`: a new one, which the first question makes. */
  readonly current: string | undefined;
  readonly conversations: Readonly<Record<string, Conversation>>;
  /** Of the current session's stream. */
  readonly status: StreamStatus | undefined;
  /** What was stored is here; what comes now is live. */
  readonly caughtUp: boolean;
}

export interface ChatOptions {
  readonly client: VanaClient;
  /** Where it is kept between visits; `null`: nowhere. Default `localStorage` where there is one. */
  readonly storage?: KeyValueStore | null;
  /** Under which name; give each user their own. Default `vana-chat`. */
  readonly name?: string;
  /** One connection for all channels, or one for research and chat and one for agents. Default one. */
  readonly streams?: 'one' | 'two';
  readonly streamOptions?: FollowOptions;
}

export interface Chat {
  readonly store: StoreApi<ChatState>;
  /** Follows the current session until the returned function is called. */
  start(this: void): () => void;
  /** The caller's sessions as the server has them. */
  refreshSessions(this: void): Promise<void>;
  /** Asks in the current session. Resolves when the server has taken the question or refused it. */
  send(this: void, text: string): Promise<void>;
  /** Asks the active run to stop. */
  stop(this: void): Promise<void>;
  /** Asks again what was refused, stopped or failed. @param key of the answer or the question */
  retry(this: void, key: string): Promise<void>;
  /** Asks something else in place of a question; what followed it goes. */
  edit(this: void, key: string, text: string): Promise<void>;
  /** Another answer to the same question; what followed it goes. @param key of the answer */
  regenerate(this: void, key: string): Promise<void>;
  /** Takes an exchange off this page. */
  remove(this: void, key: string): void;
  feedback(this: void, key: string, feedback: Feedback | undefined): void;
  open(this: void, sessionId: string): void;
  startNew(this: void): void;
  /** For good, on the server too. */
  deleteSession(this: void, sessionId: string): Promise<void>;
  /** Cuts the connection; it resumes at once. */
  reconnect(this: void): void;
  /** Forgets everything that is kept here, as at a sign-out. */
  clear(this: void): void;
}

const CONVERSATIONS_KEPT = 20;
const TITLE_CHARACTERS = 120;
const NOTHING: ChatState = {
  sessions: [],
  current: undefined,
  conversations: {},
  status: undefined,
  caughtUp: false,
};

export function createChat(options: ChatOptions): Chat {
  const { client, name = 'vana-chat', streams = 'one', streamOptions = {} } = options;
  const place = options.storage === undefined ? browserStorage() : options.storage;
  const storage = place === null ? undefined : savedChat<Partial<ChatState>>(place);
  const store = createStore<ChatState>()(
    persist(() => NOTHING, {
      name,
      version: 1,
      ...(storage === undefined ? { storage: undefined } : { storage }),
      partialize: ({ sessions, current, conversations }) => ({ sessions, current, conversations }),
    }),
  );
  let follower: Follower | undefined;
  let users = 0;

  const conversationOf = (sessionId: string): Conversation =>
    store.getState().conversations[sessionId] ?? NEW_CONVERSATION;

  const change = (sessionId: string, changed: (before: Conversation) => Conversation): void => {
    const { [sessionId]: before = NEW_CONVERSATION, ...others } = store.getState().conversations;
    const kept = Object.entries(others).slice(1 - CONVERSATIONS_KEPT);
    // The current one last: the oldest visits go first.
    store.setState({ conversations: { ...Object.fromEntries(kept), [sessionId]: changed(before) } });
  };

  const follow = (): void => {
    follower?.close();
    follower = undefined;
    const { current } = store.getState();
    store.setState({ status: undefined, caughtUp: false });
    if (users === 0 || current === undefined) return;
    // Not made yet: its first question is on its way.
    if (!store.getState().sessions.some(({ id }) => id === current)) return;
    const one = new Follower(
      client,
      current,
      {
        conversation: () => conversationOf(current),
        changed: (conversation, status, caughtUp) => {
          if (conversation !== conversationOf(current)) change(current, () => conversation);
          if (follower === one) store.setState({ status, caughtUp });
          noteSession(current, conversation);
        },
      },
      streams,
      streamOptions,
    );
    follower = one;
  };

  const noteSession = (sessionId: string, { run, title }: Conversation): void => {
    const { sessions } = store.getState();
    const session = sessions.find(({ id }) => id === sessionId);
    if (!session) return;
    const activeRunId = run && isActive(run) ? run.id : undefined;
    const named = title ?? session.title;
    if (session.activeRunId === activeRunId && session.title === named) return;
    const noted = { ...session, activeRunId, title: named };
    store.setState({ sessions: sessions.map((one) => (one === session ? noted : one)) });
  };

  const visible = (sessionId: string): readonly ChatMessage[] => visibleMessages(conversationOf(sessionId));

  /** Hides the exchanges from this message on. */
  const cutFrom = (sessionId: string, key: string): void => {
    const messages = visible(sessionId);
    const gone = messages.slice(messages.findIndex((message) => message.key === key));
    const runs = gone.flatMap(({ runId }) => (runId === undefined ? [] : [runId]));
    const keys = new Set(gone.filter(({ runId }) => runId === undefined).map((message) => message.key));
    change(sessionId, (before) => ({
      ...before,
      messages: before.messages.filter((message) => !keys.has(message.key)),
      hidden: [...new Set([...before.hidden, ...runs])],
    }));
  };

  const ask = async (text: string, onActive: 'refuse' | 'cancel'): Promise<void> => {
    const query = text.trim();
    if (query === '') return;
    const sessionId = store.getState().current ?? newId('s-');
    const key = newId('m-');
    const at = new Date().toISOString();
    const question = newMessage({ key: `${key}:q`, role: 'user', text: query, runId: undefined, at });
    const answer = newMessage({ key: `${key}:a`, role: 'assistant', text: '', runId: undefined, at });
    store.setState({ current: sessionId });
    change(sessionId, (before) => ({
      ...before,
      messages: [...before.messages, { ...question, status: 'sending' }, { ...answer, status: 'sending' }],
    }));
    try {
      const { run_id: runId } = await client.startRun(sessionId, query, { onActive, idempotencyKey: key });
      change(sessionId, (before) => withRun(before, key, runId));
      const { sessions } = store.getState();
      const isNew = !sessions.some(({ id }) => id === sessionId);
      const before = sessions.find(({ id }) => id === sessionId);
      const title =
        before?.title === undefined || before.title === '' ? query.slice(0, TITLE_CHARACTERS) : before.title;
      const session = { id: sessionId, title, updatedAt: at, activeRunId: runId };
      store.setState({ sessions: [session, ...sessions.filter(({ id }) => id !== sessionId)] });
      if (isNew && store.getState().current === sessionId) follow();
    } catch (error) {
      change(sessionId, (before) => withRefusal(before, key, sentenceOf(error)));
    }
  };

  const questionBefore = (key: string): ChatMessage | undefined => {
    const { current } = store.getState();
    if (current === undefined) return undefined;
    const messages = visible(current);
    const at = messages.findIndex((message) => message.key === key);
    return messages.slice(0, at + 1).findLast(({ role }) => role === 'user');
  };

  const askAnew = async (question: ChatMessage | undefined, text = question?.text): Promise<void> => {
    const { current } = store.getState();
    if (question === undefined || text === undefined || current === undefined) return;
    cutFrom(current, question.key);
    await ask(text, 'cancel');
  };

  return {
    store,
    start: () => {
      if (users++ === 0) follow();
      const save = (): void => storage?.save();
      if (typeof window !== 'undefined') window.addEventListener('pagehide', save);
      return () => {
        if (typeof window !== 'undefined') window.removeEventListener('pagehide', save);
        save();
        if (--users > 0) return;
        follower?.close();
        follower = undefined;
      };
    },
    refreshSessions: async () => {
      const listed = await client.sessions(200);
      const known = new Map(store.getState().sessions.map((session) => [session.id, session]));
      store.setState({
        sessions: listed.map(({ session_id: id, title, updated_at: updatedAt, active_run_id: activeRunId }) => {
          const shown = title === '' ? (known.get(id)?.title ?? '') : title;
          return { id, title: shown, updatedAt, activeRunId };
        }),
      });
      if (follower === undefined) follow();
    },
    send: (text) => ask(text, 'refuse'),
    stop: async () => {
      const { current } = store.getState();
      const run = current === undefined ? undefined : conversationOf(current).run;
      if (run && isActive(run)) await client.cancelRun(run.id);
    },
    retry: (key) => askAnew(questionBefore(key)),
    edit: (key, text) => askAnew(questionBefore(key), text),
    regenerate: (key) => askAnew(questionBefore(key)),
    remove: (key) => {
      const { current } = store.getState();
      if (current === undefined) return;
      change(current, (before) => {
        const message = before.messages.find((one) => one.key === key);
        if (!message) return before;
        const { runId } = message;
        if (runId !== undefined) return { ...before, hidden: [...before.hidden, runId] };
        const pair = key.replace(/:[qa]$/, '');
        return { ...before, messages: before.messages.filter((one) => !one.key.startsWith(pair)) };
      });
    },
    feedback: (key, feedback) => {
      const { current } = store.getState();
      if (current === undefined) return;
      change(current, (before) => ({
        ...before,
        messages: before.messages.map((message) => (message.key === key ? { ...message, feedback } : message)),
      }));
    },
    open: (sessionId) => {
      if (store.getState().current === sessionId) return;
      store.setState({ current: sessionId });
      follow();
    },
    startNew: () => {
      store.setState({ current: undefined });
      follow();
    },
    deleteSession: async (sessionId) => {
      await client.deleteSession(sessionId).catch((error: unknown) => {
        // Gone already is what was wanted.
        if (!(error instanceof ApiError) || (error.status !== 404 && error.status !== 410)) throw error;
      });
      const { sessions, current, conversations } = store.getState();
      const { [sessionId]: _, ...others } = conversations;
      store.setState({
        sessions: sessions.filter(({ id }) => id !== sessionId),
        conversations: others,
        current: current === sessionId ? undefined : current,
      });
      if (current === sessionId) follow();
    },
    reconnect: () => follower?.reconnect(),
    clear: () => {
      follower?.close();
      follower = undefined;
      store.setState(NOTHING, true);
      storage?.removeItem(name);
    },
  };
}

/** What is shown: not the exchanges that were edited, regenerated or removed. */
export function visibleMessages({ messages, hidden }: Conversation): readonly ChatMessage[] {
  if (hidden.length === 0) return messages;
  const gone = new Set(hidden);
  return messages.filter(({ runId }) => runId === undefined || !gone.has(runId));
}

/** The server took the question: its run may have been seen on the stream already. */
function withRun(before: Conversation, key: string, runId: string): Conversation {
  const isMine = (message: ChatMessage): boolean => message.key.startsWith(`${key}:`);
  const seen = before.messages.some((message) => message.runId === runId && !isMine(message));
  if (seen) return { ...before, messages: before.messages.filter((message) => !isMine(message)) };
  const messages = before.messages.map((message): ChatMessage => {
    if (!isMine(message)) return message;
    const status = message.status !== 'sending' ? message.status : message.role === 'user' ? 'complete' : 'queued';
    return { ...message, runId, status };
  });
  return { ...before, messages };
}

function withRefusal(before: Conversation, key: string, error: string): Conversation {
  const messages = before.messages.map((message): ChatMessage => {
    return message.key.startsWith(`${key}:`) ? { ...message, status: 'refused', error } : message;
  });
  return { ...before, messages };
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof ApiError)) return 'The server cannot be reached. Your question was not sent.';
  if (error.code === 'run_active') return 'A run is active in this session. Stop it first, or wait for its end.';
  return error.message;
}

function browserStorage(): KeyValueStore | null {
  try {
    return typeof localStorage === 'undefined' ? null : localStorage;
  } catch {
    return null;
  }
}
