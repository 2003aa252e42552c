// Tokens of a message become pieces worth an event: what comes within 50 ms, or 128 characters. While a piece is being
// stored the next one grows, so a slow bus gets larger pieces and not more of them.
import type { Clock } from '@vana/stream-core';
import type { EngineEvent } from '../engine/research-engine.js';

const LINGER_MS = 50;
const PIECE_CHARACTERS = 128;
/** More that the bus has not taken yet, and whoever writes has to wait. */
const MAX_WAITING_CHARACTERS = 8_192;

interface Piece {
  readonly event: EngineEvent;
  readonly messageId: unknown;
  readonly offset: number;
  delta: string;
}

export class ChunkCoalescer {
  readonly #clock: Pick<Clock, 'schedule'>;
  readonly #store: (event: EngineEvent) => Promise<void>;
  #piece: Piece | undefined;
  /** The piece has lingered long enough. */
  #due = false;
  #cancelTimer: () => void = () => undefined;
  #storing = 0;
  #last: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;

  /** @param store stores in call order */
  constructor(clock: Pick<Clock, 'schedule'>, store: (event: EngineEvent) => Promise<void>) {
    this.#clock = clock;
    this.#store = store;
  }

  /** Resolves at once unless the bus is behind. @throws what storing an earlier piece threw */
  async add(event: EngineEvent): Promise<void> {
    this.#rethrow();
    const { messageId, offset, delta } = event.data as { messageId: unknown; offset: number; delta: string };
    if (this.#piece && !joins(this.#piece, event, messageId, offset)) this.#send();
    if (this.#piece) this.#piece.delta += delta;
    else this.#begin({ event, messageId, offset, delta });
    this.#sendIfGrown();
    if (this.#piece && this.#piece.delta.length > MAX_WAITING_CHARACTERS) await this.flush();
  }

  /** What was added is given to the store before this returns, and stored when it resolves. @throws as `add` */
  async flush(): Promise<void> {
    this.#send();
    await this.#last;
    this.#rethrow();
  }

  /** Forgets what is not sent yet. */
  stop(): void {
    this.#cancelTimer();
    this.#piece = undefined;
  }

  #begin(piece: Piece): void {
    this.#piece = piece;
    this.#due = false;
    this.#cancelTimer = this.#clock.schedule(LINGER_MS, () => {
      this.#due = true;
      this.#sendIfGrown();
    });
  }

  #sendIfGrown(): void {
    const grown = this.#due || (this.#piece?.delta.length ?? 0) >= PIECE_CHARACTERS;
    if (grown && this.#storing === 0) this.#send();
  }

  #send(): void {
    if (!this.#piece) return;
    this.#cancelTimer();
    const { event, offset, delta } = this.#piece;
    this.#piece = undefined;
    this.#storing++;
    this.#last = this.#store({ ...event, data: { ...event.data, offset, delta } })
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .then(() => {
        this.#storing--;
        if (this.#piece) this.#sendIfGrown();
      });
  }

  #rethrow(): void {
    if (this.#failure) throw this.#failure.error;
  }
}

function joins(piece: Piece, event: EngineEvent, messageId: unknown, offset: number): boolean {
  return (
    piece.messageId === messageId &&
    piece.event.agentId === event.agentId &&
    piece.event.parentAgentId === event.parentAgentId &&
    piece.offset + piece.delta.length === offset
  );
}
