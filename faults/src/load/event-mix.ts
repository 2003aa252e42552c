// Events of many kinds and sizes, drawn from a seed: chunks of messages in runs, full states, outside events,
// text that tests the encoding.
import { SCHEMA_VERSION, type Channel, type SessionKey, type StoredEvent } from '@vana/events';
import type { Seeded } from '../seeded.js';

const WORDS = [
  'stream',
  'naïve',
  '“quoted”',
  'line\nbreak',
  'cr\r\nlf',
  '🚀',
  '\u2028',
  'data: x',
  '\u0000',
  'id: 7',
  '漢字',
  '\\',
];
const LARGEST_FILLER = 60_000;

interface Drawn {
  readonly type: string;
  readonly channel: Channel;
  readonly data: Record<string, unknown>;
  readonly agentId?: string;
  readonly runId?: string;
}

export class EventMix {
  #count = 0;
  #message = { id: 'm0', left: 0, offset: 0 };

  constructor(
    private readonly session: SessionKey,
    private readonly random: Seeded,
    private readonly idPrefix = 'e',
  ) {}

  /** Ids are the same in every session, on purpose: they are unique in a session only. */
  next(): StoredEvent {
    return this.#wrap(this.#draw());
  }

  /** One with about so many bytes. */
  nextOf(bytes: number): StoredEvent {
    return this.#wrap({ type: 'x.faults.note', channel: 'chat', data: { filler: 'x'.repeat(bytes) } });
  }

  #wrap(drawn: Drawn): StoredEvent {
    const n = this.#count++;
    return {
      schemaVersion: SCHEMA_VERSION,
      sessionId: this.session.sessionId,
      id: `${this.idPrefix}${n}`,
      createdAt: new Date().toISOString(),
      ...drawn,
      // Says where it belongs, so that one that has gone astray is recognised.
      data: { ...drawn.data, 'x-of': `${this.session.tenant}.${this.session.sessionId}`, 'x-n': n },
    };
  }

  #draw(): Drawn {
    const { random } = this;
    if (this.#message.left > 0) return this.#chunk();
    const kind = random.next();
    if (kind < 0.12) {
      this.#message = { id: `m${this.#count}`, left: random.between(3, 25), offset: 0 };
      return this.#chunk();
    }
    const agentId = `agent-${random.between(1, 3)}`;
    if (kind < 0.4) {
      const data = { agentName: agentId, progress: random.between(0, 100), currentStep: 1, totalSteps: 9 };
      const rest = { stepName: this.#text(3), message: this.#text(8), elapsedTime: random.next() };
      return { type: 'agent_progress', channel: 'agents', agentId, data: { ...data, ...rest } };
    }
    if (kind < 0.6) {
      const data = { runId: 'r1', status: 'running', overall_progress: random.next(), current_phase: this.#text(2) };
      return { type: 'research_progress', channel: 'research', runId: 'r1', data: { ...data, agents: [] } };
    }
    if (kind < 0.8) {
      const data = { stepId: `s${this.#count}`, agentName: agentId, action: this.#text(12), status: 'active' };
      return { type: 'thinking_update', channel: 'agents', agentId, data };
    }
    const filler = random.chance(0.02) ? LARGEST_FILLER : random.between(0, 1_500);
    return {
      type: 'x.faults.note',
      channel: random.pick(['agents', 'research', 'chat']),
      data: { note: this.#text(5), filler: 'x'.repeat(filler) },
    };
  }

  #chunk(): Drawn {
    const { id, offset } = this.#message;
    const delta = this.#text(this.random.between(1, 6));
    this.#message = { id, left: this.#message.left - 1, offset: offset + delta.length };
    return { type: 'message_chunk', channel: 'chat', data: { messageId: id, agentId: 'writer', offset, delta } };
  }

  #text(words: number): string {
    return Array.from({ length: words }, () => this.random.pick(WORDS)).join(' ');
  }
}
