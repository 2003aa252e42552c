// What every part of a feed is given.
import type { SessionKey } from '@vana/events';
import type { FeedLimits } from './limits.js';
import type { Clock } from './ports/clock.js';
import type { EventHistory } from './ports/event-history.js';
import type { EventLog } from './ports/event-log.js';
import type { FeedObserver } from './ports/feed-observer.js';
import type { FrameEncoder } from './ports/frame-encoder.js';

export interface FeedPorts {
  readonly log: EventLog;
  readonly history: EventHistory;
  readonly clock: Clock;
  readonly encoder: FrameEncoder;
  readonly observer: FeedObserver;
}

export interface FeedContext extends FeedPorts {
  readonly session: SessionKey;
  readonly limits: FeedLimits;
}
