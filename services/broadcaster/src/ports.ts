// What the service is built on.
import type { Counters } from '@vana/front-door';
import type { Presence } from '@vana/routing';
import type { RevocationStore, SessionStore } from '@vana/run-state';
import type { Logger, Registry } from '@vana/observability';
import type { Clock, EventHistory, EventLog, FrameEncoder } from '@vana/stream-core';

export interface BroadcasterPorts {
  readonly log: EventLog;
  readonly history: EventHistory;
  readonly sessions: SessionStore;
  readonly revocations: RevocationStore;
  readonly presence: Presence;
  readonly logger: Logger;
  readonly registry: Registry;
  /** Of an exposed broadcaster's limits, shared by all; without them each counts for itself. */
  readonly counters?: Counters | undefined;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Default: SSE frames. */
  readonly encoder?: FrameEncoder;
}
