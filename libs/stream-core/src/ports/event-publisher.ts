// Port: storing events. Adapters: JetStream, in-memory.
import type { SessionKey, StoredEvent } from '@vana/events';

export interface PublishAck {
  readonly epoch: string;
  readonly seq: number;
  /** The bus had stored an event with this id already; `seq` is that event's. */
  readonly duplicate: boolean;
}

export interface EventPublisher {
  /**
   * Stores one event at the end of its session. Calls for one session are stored in call order, one in
   * flight at a time. Answers only after the bus has acknowledged. `event.id` is the dedupe id in the
   * session: publishing it again within the duplicate window stores nothing and answers `duplicate`.
   * @throws VanaError invalid_event | event_too_large (nothing sent), publish_unknown (no answer within
   * 15 s: publish the same id again), bus_unavailable
   */
  publish(session: SessionKey, event: StoredEvent): Promise<PublishAck>;
}
