// What people do with messages. Each action is one event (an edit perhaps two) whose id tells message and revision,
// so that one that is asked for twice, or on two pods at once, is stored once.
import { createHash, randomUUID } from 'node:crypto';
import {
  EVENT_KINDS,
  SCHEMA_VERSION,
  VanaError,
  formatPosition,
  validateEvent,
  type EventData,
  type EventType,
  type SessionKey,
} from '@vana/events';
import {
  isTerminal,
  type MessageChange,
  type OrchestratorCommands,
  type RunRecord,
  type RunStore,
  type SessionStore,
} from '@vana/run-state';
import type { Clock, EventPublisher, PublishAck } from '@vana/stream-core';
import { sessionToRead, sessionToWrite } from '../commands/access.js';
import { questionOf } from '../commands/question.js';
import type { RunCommands } from '../commands/run-commands.js';
import type { Conversation, Message } from '../views/conversation.js';
import type { SessionViews } from '../views/session-views.js';

export interface MessageCommandPorts {
  readonly publisher: EventPublisher;
  readonly sessions: SessionStore;
  readonly runs: RunStore;
  readonly clock: Clock;
}

type Commands = Pick<
  OrchestratorCommands,
  'postMessage' | 'regenerateMessage' | 'editMessage' | 'deleteMessage' | 'giveFeedback'
>;
type CommandOf<Name extends keyof Commands> = Parameters<Commands[Name]>[0];

/** How often an action looks again because somebody else changed the message at the same time. */
const TRIES = 4;

export class MessageCommands implements Commands {
  readonly #ports: MessageCommandPorts;
  readonly #runCommands: RunCommands;
  readonly #views: SessionViews;

  constructor(ports: MessageCommandPorts, runCommands: RunCommands, views: SessionViews) {
    this.#ports = ports;
    this.#runCommands = runCommands;
    this.#views = views;
  }

  async postMessage(command: CommandOf<'postMessage'>): Promise<{ messageId: string; runId?: string }> {
    const { principal, sessionId, respond, idempotencyKey } = command;
    const content = questionOf(command.content);
    const session = await this.#runCommands.sessionFor({ principal, sessionId }, content);
    const messageId = idempotencyKey === undefined ? `m-${randomUUID()}` : `m-${digest(principal.id, idempotencyKey)}`;
    const start = { principal, sessionId, query: content, idempotencyKey: messageId };
    if (respond) await this.#runCommands.ensureFree(session, start);
    await this.#publish(session, 'message_complete', { messageId, content, role: 'user' }, messageId);
    if (!respond) return { messageId };
    const { runId } = await this.#runCommands.startRun(start);
    return { messageId, runId };
  }

  async regenerateMessage(command: CommandOf<'regenerateMessage'>): Promise<RunRecord> {
    const { principal, sessionId, messageId, idempotencyKey } = command;
    const session = await sessionToWrite(this.#ports.sessions, principal, sessionId);
    const { conversation } = await this.#views.of(session);
    const { runId, role } = found(conversation, messageId);
    const query = runId === undefined || role === 'user' ? undefined : conversation.questionOf(runId);
    if (query === undefined) throw new VanaError('message_not_found');
    const key = idempotencyKey === undefined ? {} : { idempotencyKey: `${idempotencyKey}-${digest(messageId)}` };
    return this.#runCommands.startRun({ principal, sessionId, query, ...key }, { regenerates: messageId });
  }

  async editMessage({ principal, sessionId, messageId, content }: CommandOf<'editMessage'>): Promise<MessageChange> {
    const text = questionOf(content);
    const session = await sessionToWrite(this.#ports.sessions, principal, sessionId);
    return this.#change(session, messageId, async (message, conversation) => {
      const followers = conversation.after(messageId).map((each) => each.messageId);
      if (message.content === text && followers.length === 0) return { deletedMessageIds: [] };
      let ack: PublishAck | undefined;
      if (message.content !== text) {
        const data = { messageId, content: text, previousContent: message.content };
        ack = await this.#publish(session, 'message_edited', data, eventId(message, 'edit'));
        if (ack.duplicate) return 'again';
      }
      if (followers.length > 0) {
        const data = { messageId, deletedCount: followers.length, deletedMessageIds: followers };
        ack = await this.#publish(session, 'message_deleted', data, eventId(message, 'cascade'));
        if (ack.duplicate) return 'again';
      }
      return { ...positionOf(ack), deletedMessageIds: followers };
    });
  }

  async deleteMessage({ principal, sessionId, messageId }: CommandOf<'deleteMessage'>): Promise<MessageChange> {
    const session = await sessionToWrite(this.#ports.sessions, principal, sessionId);
    const { conversation } = await this.#views.of(session);
    if (conversation.get(messageId)?.deleted) return { deletedMessageIds: [] };
    return this.#change(session, messageId, async (message, current) => {
      const ids = [message, ...current.after(messageId)].map((each) => each.messageId);
      const data = { messageId, deletedCount: ids.length, deletedMessageIds: ids };
      const ack = await this.#publish(session, 'message_deleted', data, eventId(message, 'delete'));
      return ack.duplicate ? { deletedMessageIds: ids } : { ...positionOf(ack), deletedMessageIds: ids };
    });
  }

  async giveFeedback(command: CommandOf<'giveFeedback'>): Promise<MessageChange> {
    const { principal, sessionId, messageId, type, reason = '' } = command;
    const session = await sessionToRead(this.#ports.sessions, principal, sessionId);
    // One per person and message; readers of the session do not learn whose it is.
    const feedbackId = `f-${digest(principal.tenant, principal.id, sessionId, messageId)}`;
    return this.#change(session, messageId, async (message) => {
      const standing = message.feedback.get(feedbackId);
      const unchanged: MessageChange = { deletedMessageIds: [], feedbackId };
      if (standing?.type === type && (standing.reason ?? '') === reason) return unchanged;
      const data = { messageId, feedbackId, feedbackType: type, reason };
      const ack = await this.#publish(session, 'feedback_submitted', data, eventId(message, 'feedback'));
      return ack.duplicate ? 'again' : { ...unchanged, ...positionOf(ack) };
    });
  }

  /** @throws VanaError message_not_found | store_conflict */
  async #change(
    session: SessionKey,
    messageId: string,
    act: (message: Message, conversation: Conversation) => Promise<MessageChange | 'again'>,
  ): Promise<MessageChange> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const { conversation } = await this.#views.of(session);
      const changed = await act(found(conversation, messageId), conversation);
      if (changed !== 'again') return changed;
    }
    throw new VanaError('store_conflict');
  }

  #publish<T extends EventType>(
    { tenant, sessionId }: SessionKey,
    type: T,
    data: EventData<T>,
    id: string,
  ): Promise<PublishAck> {
    const event = validateEvent({
      schemaVersion: SCHEMA_VERSION,
      type,
      channel: EVENT_KINDS[type].channel,
      sessionId,
      data,
      id: `chat:${id}`,
      createdAt: new Date(this.#ports.clock.now()).toISOString(),
    });
    return this.#ports.publisher.publish({ tenant, sessionId }, event);
  }

  /** Asks the question of an ended run again. */
  async retryRun(command: Parameters<OrchestratorCommands['retryRun']>[0]): Promise<RunRecord> {
    const { principal } = command;
    const run = await this.#runCommands.ownRun(command);
    if (!isTerminal(run.status)) throw new VanaError('run_active', { details: { runId: run.runId } });
    const { sessionId, query, runId } = run;
    const start = { principal, sessionId, query, idempotencyKey: `retry-${runId}` };
    return this.#runCommands.startRun(start, { retryOf: runId });
  }
}

function found(conversation: Conversation, messageId: string): Message {
  const message = conversation.get(messageId);
  if (message === undefined || message.deleted) throw new VanaError('message_not_found');
  return message;
}

/** Message ids of agents outside may be long. */
function eventId({ messageId, revision }: Message, action: string): string {
  return `${digest(messageId)}:${action}:${revision}`;
}

function positionOf(ack: PublishAck | undefined): { position?: string } {
  return ack === undefined ? {} : { position: formatPosition(ack.epoch, ack.seq) };
}

function digest(...parts: string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
