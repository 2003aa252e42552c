// What a reader is given at once: consecutive events of its channels, or one gap.
import type { Channel, GapReason } from '@vana/events';
import type { FeedItem } from './feed-item.js';
import type { LogEntry } from './ports/log-entry.js';
import type { Batch } from './reader.js';

/** An event that a step writes. */
export interface StepEvent {
  /** Position before the event. */
  readonly from: number;
  /** `seq` is the position that its block carries. */
  readonly entry: LogEntry;
  readonly frame: Uint8Array;
}

/** Writes fewer blocks for the same events; `to` of the step stays. */
export type StepShape = (events: readonly StepEvent[]) => readonly StepEvent[];

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
  readonly entries: readonly LogEntry[];
  #bytes: Uint8Array | undefined;

  constructor(private readonly events: readonly StepEvent[]) {
    this.entries = events.map(({ entry }) => entry);
  }

  get bytes(): Uint8Array {
    return (this.#bytes ??= this.events.length === 1 ? this.events[0]!.frame : concatenate(this.events));
  }
}

function concatenate(events: readonly StepEvent[]): Uint8Array {
  const bytes = new Uint8Array(events.reduce((sum, { frame }) => sum + frame.length, 0));
  let at = 0;
  for (const { frame } of events) {
    bytes.set(frame, at);
    at += frame.length;
  }
  return bytes;
}

/**
 * The first step into `items` (not empty), at most `maxBytes` of stored frames past its first event.
 * @param shape applied to the step's events before they are written
 */
export function firstStep(
  items: readonly FeedItem[],
  channels: ReadonlySet<Channel>,
  maxBytes: number,
  shape?: StepShape,
): ReaderStep {
  const first = items[0]!;
  if (first.gap) return { to: first.to, length: 1, gap: first.gap };
  const events: StepEvent[] = [];
  let bytes = 0;
  let length = 0;
  for (const { from, entry, frame, gap } of items) {
    if (gap) break;
    if (entry && frame && channels.has(entry.event.channel)) {
      bytes += frame.length;
      if (bytes > maxBytes && events.length > 0) break;
      events.push({ from, entry, frame });
    }
    length++;
  }
  const to = items[length - 1]!.to;
  if (events.length === 0) return { to, length };
  return { to, length, batch: new SharedBatch(shape ? shape(events) : events) };
}
