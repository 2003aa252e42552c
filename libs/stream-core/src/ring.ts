// The end of a session in memory: chained items, bounded by count and bytes. Readers are cursors into it.
import type { FeedItem } from './feed-item.js';

export class Ring {
  /** Items `start..length` are live; the front is cut off in bulk so that eviction stays O(1). */
  #items: FeedItem[] = [];
  #start = 0;
  #bytes = 0;
  #base: number;
  #last: number;

  constructor(
    base: number,
    private readonly capacity: number,
    private readonly byteBudget: number,
  ) {
    this.#base = base;
    this.#last = base;
  }

  /** The position before the first item: readers at or after it are served from here. */
  get base(): number {
    return this.#base;
  }

  /** The position after the last item. */
  get last(): number {
    return this.#last;
  }

  get length(): number {
    return this.#items.length - this.#start;
  }

  get bytes(): number {
    return this.#bytes;
  }

  covers(position: number): boolean {
    return position >= this.#base;
  }

  /** @throws RangeError when the item does not continue the ring: a fault of the caller */
  push(item: FeedItem): void {
    if (item.from !== this.#last) throw new RangeError('item does not join the ring');
    this.#items.push(item);
    this.#bytes += item.frame?.length ?? 0;
    this.#last = item.to;
    while (this.length > this.capacity || (this.#bytes > this.byteBudget && this.length > 1)) this.#evict();
  }

  /** Items after `position` (which the ring covers), at most `maxItems` and, past the first, `maxBytes`. */
  after(position: number, maxItems: number, maxBytes: number): FeedItem[] {
    const first = this.#indexAfter(position);
    let end = first;
    let bytes = 0;
    while (end < this.#items.length && end - first < maxItems) {
      bytes += this.#items[end]!.frame?.length ?? 0;
      if (bytes > maxBytes && end > first) break;
      end++;
    }
    return this.#items.slice(first, end);
  }

  /** How many items follow a position that the ring covers. */
  countAfter(position: number): number {
    return this.#items.length - this.#indexAfter(position);
  }

  /** Whether a step of the session that the ring holds begins or ends at this position. */
  knows(position: number): boolean {
    if (position === this.#base) return true;
    const index = this.#indexAfter(position);
    return index > this.#start && this.#items[index - 1]!.to === position;
  }

  /** Drops items stored before `timeMs`. @returns how many */
  expire(timeMs: number): number {
    let dropped = 0;
    while (this.length > 0 && (this.#items[this.#start]!.entry?.storedAtMs ?? 0) < timeMs) {
      this.#evict();
      dropped++;
    }
    return dropped;
  }

  #evict(): void {
    const item = this.#items[this.#start]!;
    this.#bytes -= item.frame?.length ?? 0;
    this.#base = item.to;
    this.#start++;
    if (this.#start * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#start);
      this.#start = 0;
    }
  }

  #indexAfter(position: number): number {
    let low = this.#start;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#items[middle]!.to <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
