// What a reader is given at once: consecutive events of its channels, or one gap.
import type { Channel, GapReason } from '@vana/events';
import type { FeedItem } from './feed-item.js';
import type { LogEntry } from './ports/log-entry.js';
import type { Batch } from './reader.js';

export interface ReaderStep {
  /** The reader's position afterwards. */
  readonly to: number;
  /** How many items it stands for. */
  readonly length: number;
  /** Absent when no item is for this reader. */
  readonly batch?: Batch;
  readonly gap?: GapReason;
}

/** The bytes are built when the first reader asks, and shared by all that get this batch. */
class SharedBatch implements Batch {
  #bytes: Uint8Array | undefined;

  constructor(
    readonly entries: readonly LogEntry[],
    private readonly frames: readonly Uint8Array[],
  ) {}

  get bytes(): Uint8Array {
    return (this.#bytes ??= this.frames.length === 1 ? this.frames[0]! : concatenate(this.frames));
  }
}

function concatenate(frames: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(frames.reduce((sum, frame) => sum + frame.length, 0));
  let at = 0;
  for (const frame of frames) {
    bytes.set(frame, at);
    at += frame.length;
  }
  return bytes;
}

/** The first step into `items` (not empty), at most `maxBytes` past its first event. */
export function firstStep(items: readonly FeedItem[], channels: ReadonlySet<Channel>, maxBytes: number): ReaderStep {
  const first = items[0]!;
  if (first.gap) return { to: first.to, length: 1, gap: first.gap };
  const entries: LogEntry[] = [];
  const frames: Uint8Array[] = [];
  let bytes = 0;
  let length = 0;
  for (const item of items) {
    if (item.gap) break;
    if (item.entry && item.frame && channels.has(item.entry.event.channel)) {
      bytes += item.frame.length;
      if (bytes > maxBytes && entries.length > 0) break;
      entries.push(item.entry);
      frames.push(item.frame);
    }
    length++;
  }
  const to = items[length - 1]!.to;
  return entries.length === 0 ? { to, length } : { to, length, batch: new SharedBatch(entries, frames) };
}
