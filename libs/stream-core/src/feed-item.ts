// One step of a session's feed: an event, a hole that is announced, or an event that is passed over.
import type { GapReason } from '@vana/events';
import { join } from './join.js';
import type { FrameEncoder } from './ports/frame-encoder.js';
import type { LogEntry } from './ports/log-entry.js';

export interface FeedItem {
  /** Positions before and after the step; the next item's `from` is this one's `to`. */
  readonly from: number;
  readonly to: number;
  readonly entry?: LogEntry;
  readonly frame?: Uint8Array;
  readonly gap?: GapReason;
}

/** An event whose frame cannot be made is announced as a gap: one bad event must not stop a session. */
export function eventItem(from: number, entry: LogEntry, epoch: string, encoder: FrameEncoder): FeedItem {
  try {
    return { from, to: entry.seq, entry, frame: encoder.encode(epoch, entry) };
  } catch {
    return { from, to: entry.seq, gap: 'unreadable' };
  }
}

export interface ItemRun {
  readonly items: readonly FeedItem[];
  /** The entries do not belong to this position: it is not one of the session's. */
  readonly reset: boolean;
}

/** Turns stored entries (the truth) after `position` into items; what the log no longer has becomes a gap. */
export function itemsFromLog(
  position: number,
  entries: readonly LogEntry[],
  toItem: (from: number, entry: LogEntry) => FeedItem,
): ItemRun {
  const items: FeedItem[] = [];
  let at = position;
  for (const entry of entries) {
    const verdict = join(entry, at);
    if (verdict === 'drop') continue;
    if (verdict === 'reset') return { items, reset: true };
    if (verdict !== 'emit') {
      const to = verdict === 'missing' ? entry.prev : entry.seq - 1;
      items.push({ from: at, to, gap: 'retention' });
      at = to;
    }
    items.push(toItem(at, entry));
    at = entry.seq;
  }
  return { items, reset: false };
}

/** The leading part of `entries` that is chained to `position` without a hole. */
export function chainedPrefix(position: number, entries: readonly LogEntry[]): LogEntry[] {
  const chained: LogEntry[] = [];
  let at = position;
  for (const entry of entries) {
    const verdict = join(entry, at);
    if (verdict === 'drop') continue;
    if (verdict !== 'emit') break;
    chained.push(entry);
    at = entry.seq;
  }
  return chained;
}
