// Events into a conversation: a batch at a time, copying once per batch and not once per event.
import { withChunk, type StreamEvent } from '@vana/stream-client';
import { foldAgents } from '../agent-network.js';
import { isActive, newRun, runAfter, type ResearchRun } from '../research-run.js';
import type { ChatMessage, Conversation, StreamName } from './conversation.js';

/** Ended runs whose figures are kept. */
const RUNS_KEPT = 50;

/** @param stream whose position the last event moves */
export function applyEvents(before: Conversation, events: readonly StreamEvent[], stream: StreamName): Conversation {
  const last = events.at(-1);
  if (last === undefined) return before;
  const draft = new Draft(before);
  for (const event of events) draft.apply(event);
  return {
    ...draft.conversation(),
    network: foldAgents(before.network, events),
    positions: { ...before.positions, [stream]: last.id },
  };
}

/** Messages are owned by the draft: changed in place until it is given out. */
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

class Draft {
  readonly #messages: Mutable<ChatMessage>[];
  readonly #runs: Map<string, ResearchRun>;
  readonly #own = new Set<ChatMessage>();
  #latest: string | undefined;
  #title: string | undefined;

  constructor(private readonly before: Conversation) {
    this.#messages = [...before.messages];
    this.#runs = new Map(Object.entries(before.ended));
    if (before.run) this.#runs.set(before.run.id, before.run);
    this.#latest = before.run?.id;
    this.#title = before.title;
  }

  conversation(): Conversation {
    const run = this.#latest === undefined ? undefined : this.#runs.get(this.#latest);
    const others = [...this.#runs].filter(([id]) => id !== this.#latest).slice(-RUNS_KEPT);
    const ended = Object.fromEntries(others.map(([id, { report: _, ...rest }]) => [id, { ...rest, report: '' }]));
    return { ...this.before, messages: this.#messages, run, ended, title: this.#title };
  }

  apply(event: StreamEvent): void {
    const { runId } = event.data;
    if (runId !== undefined) this.#run(runId, event);
    switch (event.type) {
      case 'research_queued':
        this.#answer(event.data.runId, event).status = 'queued';
        return;
      case 'research_started':
        this.#question(event.data.runId, event.data.query, event);
        this.#answer(event.data.runId, event).status = 'streaming';
        return;
      case 'message_chunk':
      case 'message_complete': {
        const message = this.#message(event.data.messageId, runId, event);
        if (!message) return;
        message.text = event.type === 'message_chunk' ? withChunk(message.text, event.data) : event.data.content;
        if (message.status === 'queued') message.status = 'streaming';
        return;
      }
      case 'research_complete': {
        const { status, final_report: report, reason } = event.data;
        const answer = this.#answer(event.data.runId, event);
        answer.status = status === 'completed' ? 'complete' : status;
        if (report !== '') answer.text = report;
        if (status === 'failed') answer.error ??= reason ?? undefined;
        return;
      }
      case 'error':
        if (runId !== undefined) this.#answer(runId, event).error = event.data.message;
        return;
      case 'message_regenerating':
        this.#change(event.data.messageId, { status: 'streaming', error: undefined });
        return;
      case 'regeneration_progress':
        this.#change(event.data.messageId, { status: 'streaming', text: event.data.partialContent });
        return;
      case 'message_regenerated':
        this.#change(event.data.messageId, { status: 'complete', text: event.data.content });
        return;
      case 'regeneration_error':
        this.#change(event.data.messageId, { status: 'complete', error: event.data.error });
        return;
      case 'message_edited':
        this.#change(event.data.messageId, { text: event.data.content });
        return;
      case 'message_deleted': {
        const gone = new Set(event.data.deletedMessageIds);
        this.#drop(({ id }) => id !== undefined && (id === event.data.messageId || gone.has(id)));
        return;
      }
      case 'feedback_submitted':
        this.#change(event.data.messageId, { feedback: event.data.feedbackType });
        return;
      case 'session_updated':
        this.#title = event.data.title ?? this.#title;
        return;
      default:
    }
  }

  #run(runId: string, event: StreamEvent): void {
    const known = this.#runs.get(runId);
    const latest = this.#latest === undefined ? undefined : this.#runs.get(this.#latest);
    if (!known && (latest === undefined || !isActive(latest) || event.type === 'research_started')) {
      this.#latest = runId;
    }
    this.#runs.set(runId, runAfter(known ?? newRun(runId), event));
  }

  #question(runId: string, text: string, event: StreamEvent): void {
    if (this.#messages.some((message) => message.runId === runId && message.role === 'user')) return;
    // The page may have shown it before the server knew it.
    const waiting = this.#messages.find(
      (message) => message.runId === undefined && message.role === 'user' && message.text.trim() === text,
    );
    if (waiting) {
      const at = this.#messages.indexOf(waiting);
      this.#mine(at).runId = runId;
      this.#mine(at).status = 'complete';
      const answer = this.#messages[at + 1];
      if (answer?.role === 'assistant' && answer.runId === undefined) this.#mine(at + 1).runId = runId;
      return;
    }
    const question = newMessage({ key: `${runId}:question`, role: 'user', text, runId, at: event.data.timestamp });
    const answerAt = this.#messages.findIndex((message) => message.runId === runId);
    this.#messages.splice(answerAt < 0 ? this.#messages.length : answerAt, 0, { ...question, status: 'complete' });
  }

  #answer(runId: string, event: StreamEvent): Mutable<ChatMessage> {
    const at = this.#messages.findIndex((message) => message.runId === runId && message.role === 'assistant');
    if (at >= 0) return this.#mine(at);
    return this.#add(
      newMessage({ key: `${runId}:answer`, role: 'assistant', text: '', runId, at: event.data.timestamp }),
    );
  }

  /** The run's first message is its answer. */
  #message(id: string, runId: string | undefined, event: StreamEvent): Mutable<ChatMessage> | undefined {
    const at = this.#messages.findLastIndex((message) => message.id === id);
    if (at >= 0) return this.#mine(at);
    if (runId === undefined) {
      return this.#add({
        ...newMessage({ key: id, role: 'assistant', text: '', runId, at: event.data.timestamp }),
        id,
      });
    }
    const answer = this.#answer(runId, event);
    if (answer.id === undefined) answer.id = id;
    // Another message of the same run is somebody's working paper: the report is what the answer shows.
    return answer.id === id ? answer : undefined;
  }

  #change(id: string, changes: Partial<ChatMessage>): void {
    const at = this.#messages.findIndex((message) => message.id === id);
    if (at >= 0) Object.assign(this.#mine(at), changes);
  }

  #drop(isGone: (message: ChatMessage) => boolean): void {
    for (let at = this.#messages.length - 1; at >= 0; at--)
      if (isGone(this.#messages[at]!)) this.#messages.splice(at, 1);
  }

  #add(message: ChatMessage): Mutable<ChatMessage> {
    this.#own.add(message);
    this.#messages.push(message);
    return message;
  }

  /** A copy of the message at this place, made once. */
  #mine(at: number): Mutable<ChatMessage> {
    const message = this.#messages[at]!;
    if (this.#own.has(message)) return message;
    const copy = { ...message };
    this.#own.add(copy);
    this.#messages[at] = copy;
    return copy;
  }
}

export function newMessage(given: Pick<ChatMessage, 'key' | 'role' | 'text' | 'runId' | 'at'>): ChatMessage {
  return { ...given, id: undefined, status: 'queued', error: undefined, feedback: undefined };
}
