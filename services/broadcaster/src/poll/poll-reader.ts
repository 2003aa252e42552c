// A reader of a feed whose transport is one JSON answer: it collects until there is something to tell, or
// until it has waited long enough.
import {
  CLOSE_REASONS,
  type BlockBody,
  type CloseReason,
  type ControlBlock,
  type EndReason,
  type PollAnswer,
  type Principal,
  type SessionKey,
} from '@vana/events';
import type { Batch, Clock, Reader, ReaderSink } from '@vana/stream-core';
import type { OpenConnection } from '../connections/open-connection.js';
import { controlBlock, eventBlock } from '../http/blocks.js';

/** One answer's size: what is left comes with the next poll. */
const MAX_ANSWER_EVENTS = 1_000;
const MAX_ANSWER_BYTES = 1024 * 1024;
/** How much longer than it would wait for events a poll waits for its feed to open. */
const START_PATIENCE_MS = 5_000;

export type PollOutcome = PollAnswer | 'not_ready' | 'left';

export interface PollReaderOptions {
  readonly session: SessionKey;
  readonly principal: Principal;
  readonly epoch: () => string;
  readonly clock: Clock;
  /** Time to answer when nothing happens. */
  readonly deadlineMs: number;
}

export class PollReader implements ReaderSink, OpenConnection {
  readonly route = 'poll';
  readonly session: SessionKey;
  readonly principal: Principal;
  /** `not_ready`: the feed could not be opened within the time. `left`: nobody waits for the answer any more. */
  readonly outcome: Promise<PollOutcome>;
  readonly #settle: (outcome: PollOutcome) => void;
  #reader: Reader | undefined;
  readonly #blocks: BlockBody[] = [];
  #bytes = 0;
  #started = false;
  #caughtUp = false;
  #newsworthy = false;
  #answering = false;
  #closing: PollAnswer['closing'];

  constructor(private readonly options: PollReaderOptions) {
    ({ session: this.session, principal: this.principal } = options);
    const { promise, resolve } = Promise.withResolvers<PollOutcome>();
    this.outcome = promise;
    this.#settle = resolve;
  }

  /** @param reader of which this is the sink */
  follow(reader: Reader): void {
    this.#reader = reader;
  }

  events(batch: Batch): boolean {
    const epoch = this.options.epoch();
    for (const entry of batch.entries) this.#blocks.push(eventBlock(epoch, entry));
    this.#bytes += batch.bytes.length;
    this.#newsworthy = true;
    const full = this.#bytes >= MAX_ANSWER_BYTES || this.#blocks.length >= MAX_ANSWER_EVENTS;
    if (full || this.#caughtUp) this.#answerSoon();
    return !full;
  }

  control(block: ControlBlock): boolean {
    this.#blocks.push(controlBlock(block));
    if (block.type === 'agent_network_connection') {
      this.#started = true;
      this.#caughtUp = false;
      this.#newsworthy ||= block.data.resume.verdict === 'reset' || block.data.resume.verdict === 'partial';
    } else if (block.type === 'caught_up') {
      this.#caughtUp = true;
    } else {
      this.#newsworthy = true;
    }
    const overdue = this.options.clock.now() >= this.options.deadlineMs;
    if (this.#caughtUp && (this.#newsworthy || overdue)) this.#answerSoon();
    return true;
  }

  finished(reason: CloseReason | EndReason): void {
    if (reason in CLOSE_REASONS) {
      const closed = reason as CloseReason;
      this.#closing = { reason: closed, reconnect: CLOSE_REASONS[closed].reconnect };
    }
    this.#answerSoon();
  }

  turn(nowMs: number): void {
    if (nowMs >= (this.principal.expiresAtMs ?? Infinity)) this.closeWith('token_expired');
    else if (nowMs >= this.options.deadlineMs + (this.#started ? 0 : START_PATIENCE_MS)) this.#answerSoon();
  }

  closeWith(reason: CloseReason): void {
    this.#reader?.closeWith(reason);
  }

  /** The one who asked has left. */
  destroy(): void {
    this.#reader?.detach();
    this.#settle('left');
  }

  /** After the feed has finished its step, so that the position and what was collected belong together. */
  #answerSoon(): void {
    if (this.#answering) return;
    this.#answering = true;
    queueMicrotask(() => this.#answer());
  }

  #answer(): void {
    const reader = this.#reader;
    reader?.detach();
    // Before the verdict the feed's position says nothing about this reader's.
    if (!reader || !this.#started) return this.#settle('not_ready');
    this.#settle({
      session_id: this.session.sessionId,
      events: this.#blocks,
      cursor: reader.position,
      caught_up: this.#caughtUp,
      ...(this.#closing ? { closing: this.#closing } : {}),
    });
  }
}
