// Port: storing events. Adapters: JetStream, in-memory.
import type { SessionKey, StoredEvent } from '@vana/events';

export interface PublishAck {
  readonly epoch: string;
  readonly seq: number;
  /** The bus had stored an event with this id already; `seq` is that event's. */
  readonly duplicate: boolean;
}

/**
 * Who publishes a run's events. A worker that takes a run over opens a claim with its first event; from then on
 * nothing of the run is stored under an older one, however long its worker was asleep.
 */
export interface RunClaim {
  readonly runId: string;
  /** One per claim, [A-Za-z0-9-]. */
  readonly token: string;
  /** `open`: this event is the claim's first. Else the sequence of an event that was stored under it. */
  readonly since: number | 'open';
}

export interface EventPublisher {
  /**
   * Stores one event at the end of its session. Calls for one session are stored in call order, one in
   * flight at a time. Answers only after the bus has acknowledged. `event.id` is the dedupe id in the
   * session: publishing it again within the duplicate window stores nothing and answers `duplicate`.
   * @throws VanaError invalid_event | event_too_large (nothing sent), publish_unknown (no answer within
   * 15 s: publish the same id again), bus_unavailable, publish_fenced (another claim on the run was opened after
   * `claim.since`: nothing stored)
   */
  publish(session: SessionKey, event: StoredEvent, claim?: RunClaim): Promise<PublishAck>;
}
