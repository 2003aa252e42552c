// A reader of a feed whose transport is an SSE response: frames out, back-pressure in, and what is due by the clock.
import {
  formatPosition,
  type CloseReason,
  type ControlBlock,
  type EndReason,
  type Principal,
  type SessionKey,
} from '@vana/events';
import { COMMENT, encodeControl, encodeEvent, encodeRetry } from '@vana/sse-wire';
import type { Batch, Clock, Reader, ReaderSink } from '@vana/stream-core';
import type { ClosedReason, ConnectionRoute, OpenConnection } from '../connections/open-connection.js';
import { jitteredMs } from './retry-times.js';
import type { SseConnection, SseConnectionListener } from './sse-connection.js';

export interface StreamTimes {
  readonly heartbeatMs: number;
  /** More than this in the buffer is a reader that does not read. */
  readonly maxBufferedBytes: number;
  /** So long may bytes wait for the peer. */
  readonly undrainedMs: number;
}

export interface StreamReaderOptions {
  readonly session: SessionKey;
  readonly principal: Principal;
  readonly route: ConnectionRoute;
  /** Where the client says it is: see `echoedPosition`. */
  readonly clientPosition: string;
  /** What `error` events are called on this connection: a native EventSource has an `error` event of its own. */
  readonly errorEvent: string | undefined;
  readonly epoch: () => string;
  readonly times: StreamTimes;
  readonly clock: Clock;
  /** The socket is closed. */
  readonly onClosed: (reason: ClosedReason) => void;
}

/** How long the last bytes (`closing`, `end`) may take to leave before the socket is cut. */
const LAST_BYTES_MS = 2_000;

export class StreamReader implements ReaderSink, SseConnectionListener, OpenConnection {
  readonly session: SessionKey;
  readonly route: ConnectionRoute;
  #principal: Principal;
  #reader: Reader | undefined;
  /** The verdict on the client's position has been sent. */
  #started = false;
  #over: { readonly reason: ClosedReason; readonly atMs: number } | undefined;
  #fullSinceMs: number | undefined;
  #stuck: { readonly takenBytes: number; readonly sinceMs: number } | undefined;
  #nextHeartbeatMs: number;
  #nextCommentMs: number;

  constructor(
    private readonly connection: SseConnection,
    private readonly options: StreamReaderOptions,
  ) {
    ({ session: this.session, principal: this.#principal, route: this.route } = options);
    const nowMs = options.clock.now();
    this.#nextHeartbeatMs = nowMs + options.times.heartbeatMs;
    this.#nextCommentMs = nowMs + options.times.heartbeatMs / 2;
  }

  get principal(): Principal {
    return this.#principal;
  }

  /** From now on the stream lives on a fresh token. @param principal the same one, with the token's times */
  renew(principal: Principal): void {
    this.#principal = principal;
  }

  /** @param reader of which this is the sink */
  follow(reader: Reader): void {
    this.#reader = reader;
  }

  events(batch: Batch): boolean {
    return this.#write(
      this.options.errorEvent === undefined ? batch.bytes : this.#renamed(batch, this.options.errorEvent),
    );
  }

  control(block: ControlBlock): boolean {
    const name = block.type === 'error' ? this.options.errorEvent : undefined;
    if (block.type === 'agent_network_connection') this.#started = true;
    // Before the verdict the feed's position is not the client's yet: it must not be given up for it.
    const position = this.#started ? block.position : this.options.clientPosition;
    const frame = encodeControl({ ...block, position }, name);
    // Those that are let go together must not all come back together.
    const comesBack = block.type === 'closing' && block.data.reconnect;
    return this.#write(comesBack ? Buffer.concat([encodeRetry(jitteredMs('usual')), frame]) : frame);
  }

  finished(reason: CloseReason | EndReason): void {
    this.#finish(reason);
    this.connection.end(reason);
  }

  drained(): void {
    this.#fullSinceMs = undefined;
    if (!this.#over) this.#reader?.resume();
  }

  gone(): void {
    this.#finish('left');
    this.#reader?.detach();
    this.options.onClosed(this.#over!.reason);
  }

  turn(nowMs: number): void {
    if (this.#over) {
      if (nowMs - this.#over.atMs >= LAST_BYTES_MS) this.connection.destroy();
      return;
    }
    if (nowMs >= (this.principal.expiresAtMs ?? Infinity)) return this.closeWith('token_expired');
    if (this.#isSlow(nowMs)) return this.closeWith('slow_reader');
    if (nowMs >= this.#nextHeartbeatMs) {
      this.#nextHeartbeatMs = nowMs + this.options.times.heartbeatMs;
      this.#reader?.heartbeat();
    }
    if (nowMs >= this.#nextCommentMs) {
      this.#nextCommentMs = nowMs + this.options.times.heartbeatMs / 2;
      if (this.#fullSinceMs === undefined) this.#write(COMMENT);
    }
  }

  closeWith(reason: CloseReason): void {
    this.#reader?.closeWith(reason);
  }

  destroy(): void {
    this.connection.destroy();
  }

  #finish(reason: ClosedReason): void {
    this.#over ??= { reason, atMs: this.options.clock.now() };
  }

  #write(bytes: Uint8Array): boolean {
    const taken = this.connection.write(bytes);
    if (!taken) this.#fullSinceMs ??= this.options.clock.now();
    return taken;
  }

  #renamed({ entries }: Batch, errorEvent: string): Uint8Array {
    const epoch = this.options.epoch();
    return Buffer.concat(
      entries.map(({ seq, event }) =>
        encodeEvent(formatPosition(epoch, seq), event, event.type === 'error' ? errorEvent : undefined),
      ),
    );
  }

  /** Full for too long, or too full, or below that but not a byte taken for too long (a vanished peer). */
  #isSlow(nowMs: number): boolean {
    const { bufferedBytes, takenBytes } = this.connection;
    const { maxBufferedBytes, undrainedMs } = this.options.times;
    if (bufferedBytes === 0) this.#stuck = undefined;
    else if (this.#stuck?.takenBytes !== takenBytes) this.#stuck = { takenBytes, sinceMs: nowMs };
    return (
      bufferedBytes > maxBufferedBytes ||
      nowMs - (this.#fullSinceMs ?? nowMs) >= undrainedMs ||
      nowMs - (this.#stuck?.sinceMs ?? nowMs) >= undrainedMs
    );
  }
}
