// Port: what the core tells of itself; metrics and logs are made from it. No method may throw.
import type { CloseReason, ErrorCategory, GapReason, SessionKey } from '@vana/events';

export type HealSource = 'ring' | 'history' | 'log';

export interface FeedObserver {
  feedOpened(session: SessionKey): void;
  feedClosed(session: SessionKey): void;
  /** The feed failed and is being rebuilt; other feeds are not touched. */
  feedFailed(session: SessionKey, category: ErrorCategory, error: unknown): void;
  readerAttached(session: SessionKey, verdict: 'fresh' | 'resumed' | 'partial' | 'reset'): void;
  readerDetached(session: SessionKey, reason: CloseReason | 'ended' | 'left'): void;
  /** `count` entries came from `source` because they were not in the ring or not delivered live. */
  healed(session: SessionKey, source: HealSource, count: number): void;
  gap(session: SessionKey, reason: GapReason): void;
  /** A live copy was not used: seen already, not in the log (spoofed), or more than `heldLimit` were waiting. */
  liveDropped(session: SessionKey, reason: 'duplicate' | 'not_in_log' | 'overflow'): void;
  /** History could not be read or written; the log served instead. */
  historyFailed(session: SessionKey, operation: 'read' | 'append', error: unknown): void;
  /** One event written to one reader is one delivery; told once per turn and feed. */
  delivered(session: SessionKey, deliveries: number, bytes: number): void;
}
