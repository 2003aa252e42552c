// The messages of a session and what became of them, made from its events.
import type { StoredEvent } from '@vana/events';

export interface Message {
  readonly messageId: string;
  readonly role: 'user' | 'agent';
  /** The run that wrote it. */
  readonly runId: string | undefined;
  content: string;
  deleted: boolean;
  /** Changes so far: part of the id of the next one's event, so that one made twice is stored once. */
  revision: number;
  /** By feedback id. */
  readonly feedback: Map<string, { readonly type: unknown; readonly reason: unknown }>;
}

export class Conversation {
  /** In the order in which they began. */
  readonly #messages = new Map<string, Message>();
  readonly #questions = new Map<string, string>();

  apply({ type, data, runId }: StoredEvent): void {
    if (type === 'research_started') return void this.#questions.set(String(data['runId']), String(data['query']));
    const messageId = data['messageId'];
    if (typeof messageId !== 'string') return;
    if (type === 'message_chunk') return this.#write(messageId, runId, data);
    if (type === 'message_complete') {
      this.#begin(messageId, runId, data['role'] === 'user' ? 'user' : 'agent').content = String(data['content']);
      return;
    }
    const message = this.#messages.get(messageId);
    if (message === undefined) return;
    if (type === 'message_edited' || type === 'message_regenerated') {
      message.content = String(data['content']);
      message.revision++;
    }
    if (type === 'message_deleted') this.#delete(message, data['deletedMessageIds']);
    if (type === 'feedback_submitted') {
      message.feedback.set(String(data['feedbackId']), { type: data['feedbackType'], reason: data['reason'] });
      message.revision++;
    }
  }

  /** Undeleted or deleted; `undefined` when no event tells of it (any more). */
  get(messageId: string): Message | undefined {
    return this.#messages.get(messageId);
  }

  /** The undeleted ones that came after it. */
  after(messageId: string): Message[] {
    const all = [...this.#messages.values()];
    const at = all.findIndex((message) => message.messageId === messageId);
    return all.slice(at + 1).filter(({ deleted }) => !deleted);
  }

  /** What the run was asked. */
  questionOf(runId: string): string | undefined {
    return this.#questions.get(runId);
  }

  #begin(messageId: string, runId: string | undefined, role: Message['role']): Message {
    const standing = this.#messages.get(messageId);
    if (standing) return standing;
    const message: Message = {
      ...{ messageId, role, runId, content: '', deleted: false, revision: 0, feedback: new Map() },
    };
    this.#messages.set(messageId, message);
    return message;
  }

  #write(messageId: string, runId: string | undefined, data: StoredEvent['data']): void {
    const message = this.#begin(messageId, runId, 'agent');
    message.content = message.content.slice(0, Number(data['offset'])) + String(data['delta']);
  }

  #delete(message: Message, ids: unknown): void {
    message.revision++;
    if (!Array.isArray(ids)) return;
    for (const id of ids) {
      const deleted = this.#messages.get(String(id));
      if (deleted) deleted.deleted = true;
    }
  }
}
