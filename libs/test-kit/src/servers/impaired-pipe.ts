// One direction of a proxied connection. Bytes keep their order whatever is done to them, and a direction
// that is held back also holds its sender back.
import type { Socket } from 'node:net';

export interface Impairment {
  /** Milliseconds that every byte is late. */
  readonly latencyMs?: number;
  /** The line's width; bytes come in ticks of 20 ms. */
  readonly bytesPerSecond?: number;
  /** Greatest number of bytes written at once, so that frames and characters are cut anywhere. */
  readonly sliceBytes?: number;
  readonly blackHole?: boolean;
}

const TICK_MS = 20;
const MOST_HELD_BYTES = 256 * 1024;

export class ImpairedPipe {
  readonly #held: { bytes: Buffer; dueMs: number }[] = [];
  #heldBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    private readonly impairment: () => Impairment,
    private readonly isDropped: () => boolean,
  ) {
    from.on('data', (chunk: Buffer) => {
      if (this.isDropped()) return;
      this.#held.push({ bytes: chunk, dueMs: Date.now() + (this.impairment().latencyMs ?? 0) });
      this.#heldBytes += chunk.length;
      if (this.#heldBytes > MOST_HELD_BYTES) from.pause();
      this.turn();
    });
    to.on('drain', () => this.turn());
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Sends what may go now. */
  turn(): void {
    clearTimeout(this.#timer);
    const { blackHole, bytesPerSecond = Infinity, sliceBytes = Infinity } = this.impairment();
    if (this.#stopped || blackHole) return;
    let room = Number.isFinite(bytesPerSecond) ? Math.max(1, (bytesPerSecond * TICK_MS) / 1_000) : Infinity;
    while (room >= 1 && !this.to.writableNeedDrain) {
      const first = this.#held[0];
      if (!first || first.dueMs > Date.now()) break;
      const size = Math.min(first.bytes.length, room, sliceBytes);
      this.to.write(first.bytes.subarray(0, size));
      this.#heldBytes -= size;
      room -= size;
      if (size === first.bytes.length) this.#held.shift();
      else first.bytes = first.bytes.subarray(size);
    }
    if (this.#heldBytes <= MOST_HELD_BYTES) this.from.resume();
    if (this.#held.length > 0 && !this.to.writableNeedDrain)
      this.#timer = setTimeout(() => this.turn(), this.#waitMs());
  }

  #waitMs(): number {
    const untilDueMs = this.#held[0]!.dueMs - Date.now();
    return Math.max(untilDueMs, Number.isFinite(this.impairment().bytesPerSecond ?? Infinity) ? TICK_MS : 1);
  }
}
