// What an adapter's spec hands to the contract suites of the bus ports.
import type { EventLog, EventPublisher } from '@vana/stream-core';

export interface BusUnderTest {
  readonly log: EventLog;
  /** Two publishers of one bus, as two orchestrator processes have them. */
  readonly publishers: readonly [EventPublisher, EventPublisher];
  /** Ends connections and servers. */
  close(): Promise<void>;
}
