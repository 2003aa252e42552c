// Storing events by compare-and-set: every publish names the session's last sequence, which the server
// checks and which is stored as `Vana-Prev`, the link that readers see losses by.
import {
  EVENT_STREAM,
  VanaError,
  encodeStoredEvent,
  eventSubject,
  type SessionKey,
  type StoredEvent,
} from '@vana/events';
import type { EventEraser, EventPublisher, PublishAck, RunClaim } from '@vana/stream-core';
import { jetstream, jetstreamManager, type JetStreamClient, type JetStreamManager } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import { completeObserver, type BusObserver } from './bus-observer.js';
import { orBusUnavailable } from './bus-unavailable.js';
import { onReconnect } from './on-reconnect.js';
import { publishFailure } from './publish-failure.js';
import { SessionLanes, type Lane } from './session-lanes.js';
import { CLAIM_HEADER, MESSAGE_ID_HEADER, PREV_HEADER, claimOf } from './stored-message.js';
import { StreamEpoch } from './stream-epoch.js';
import { StreamLookups } from './stream-lookups.js';

export interface PublisherLimits {
  /** Wait for one acknowledgement. Default 2,000. */
  readonly ackTimeoutMs?: number;
  /** From the call on; then the caller is told that the outcome is unknown. Default 15,000. */
  readonly giveUpMs?: number;
  /** Sessions whose last sequence is remembered. Default 10,000. */
  readonly rememberedSessions?: number;
}

const REFUSED_PAUSE_MS = 100;

/** One event on its way. */
interface Sending {
  readonly session: SessionKey;
  readonly subject: string;
  readonly messageId: string;
  readonly payload: Uint8Array;
  readonly endMs: number;
  readonly claim: RunClaim | undefined;
  /** Up to this sequence nobody else has opened a claim on the run. */
  unfencedTo: number;
}

export class NatsEventPublisher implements EventPublisher, EventEraser {
  readonly #js: JetStreamClient;
  readonly #jsm: JetStreamManager;
  readonly #lookups: StreamLookups;
  readonly #epoch: StreamEpoch;
  readonly #observer: BusObserver;
  readonly #lanes: SessionLanes;
  readonly #ackTimeoutMs: number;
  readonly #giveUpMs: number;
  readonly #stopListening: () => void;
  /** The highest sequence that was acknowledged, in any session. */
  #highest = 0;

  private constructor(
    nc: NatsConnection,
    jsm: JetStreamManager,
    epoch: StreamEpoch,
    observer: BusObserver,
    limits: PublisherLimits,
  ) {
    this.#js = jetstream(nc);
    this.#jsm = jsm;
    this.#lookups = new StreamLookups(jsm);
    this.#epoch = epoch;
    this.#observer = observer;
    this.#lanes = new SessionLanes(limits.rememberedSessions ?? 10_000);
    this.#ackTimeoutMs = limits.ackTimeoutMs ?? 2_000;
    this.#giveUpMs = limits.giveUpMs ?? 15_000;
    this.#stopListening = onReconnect(nc, () => void epoch.refresh());
  }

  /** The stream must exist (`ensureEventStream`). @throws VanaError bus_unavailable */
  static async open(
    nc: NatsConnection,
    observer?: Partial<BusObserver>,
    limits: PublisherLimits = {},
  ): Promise<NatsEventPublisher> {
    const told = completeObserver(observer);
    const epoch = await StreamEpoch.open(nc, told);
    const jsm = await orBusUnavailable(() => jetstreamManager(nc, { checkAPI: false }));
    return new NatsEventPublisher(nc, jsm, epoch, told, limits);
  }

  async publish(session: SessionKey, event: StoredEvent, claim?: RunClaim): Promise<PublishAck> {
    const sending: Sending = {
      session,
      payload: encodeStoredEvent(session, event),
      subject: eventSubject(session),
      messageId: `${session.tenant}:${session.sessionId}:${event.id}`,
      endMs: performance.now() + this.#giveUpMs,
      claim,
      unfencedTo: claim === undefined || claim.since === 'open' ? Infinity : claim.since,
    };
    return this.#lanes.run(sending.subject, (lane) => this.#store(sending, lane));
  }

  async erase(session: SessionKey): Promise<void> {
    await orBusUnavailable(() => this.#jsm.streams.purge(EVENT_STREAM, { filter: eventSubject(session) }));
  }

  /** Stops watching the connection, which is the caller's; publishes under way go on. */
  close(): void {
    this.#stopListening();
    this.#epoch.close();
  }

  async #store(sending: Sending, lane: Lane): Promise<PublishAck> {
    let mayBeStored = false;
    let cause: unknown;
    for (;;) {
      const leftMs = sending.endMs - performance.now();
      if (leftMs <= 0) throw new VanaError(mayBeStored ? 'publish_unknown' : 'bus_unavailable', { cause });
      try {
        await this.#checkFence(sending, lane.tail);
        return await this.#attempt(sending, lane, Math.min(this.#ackTimeoutMs, leftMs));
      } catch (error) {
        if (error instanceof VanaError) throw error;
        cause = error;
        const failure = publishFailure(error);
        if (failure === 'final') throw new VanaError(mayBeStored ? 'publish_unknown' : 'bus_unavailable', { cause });
        this.#observer.publishRetried(sending.session, failure);
        if (failure === 'timeout') mayBeStored = true;
        if (failure === 'refused') await pause(REFUSED_PAUSE_MS);
        if (failure === 'conflict') {
          const stored = await this.#readTail(sending, lane);
          if (stored !== undefined) return { epoch: this.#epoch.current, seq: stored, duplicate: true };
        }
      }
    }
  }

  async #attempt(sending: Sending, lane: Lane, timeoutMs: number): Promise<PublishAck> {
    const expected = lane.tail;
    // What is stored from now on comes after it, unless the stream was made anew.
    const floor = this.#highest;
    const own = headers();
    own.set(PREV_HEADER, String(expected));
    if (sending.claim) own.set(CLAIM_HEADER, `${sending.claim.runId}/${sending.claim.token}`);
    const { seq, duplicate } = await this.#js.publish(sending.subject, sending.payload, {
      msgID: sending.messageId,
      expect: { lastSubjectSequence: expected },
      headers: own,
      timeout: timeoutMs,
    });
    if (duplicate) {
      // The original's sequence is not the session's end unless nothing later is known.
      lane.tail = Math.max(lane.tail, seq);
    } else {
      if (seq <= floor) await this.#epoch.refresh();
      this.#highest = seq <= floor ? seq : Math.max(this.#highest, seq);
      lane.tail = seq;
    }
    return { epoch: this.#epoch.current, seq, duplicate };
  }

  /**
   * The expected sequence keeps out what was stored before the last look; what was stored up to it is looked at
   * here. @throws VanaError publish_fenced
   */
  async #checkFence(sending: Sending, tail: number): Promise<void> {
    const { claim, subject } = sending;
    while (claim && sending.unfencedTo < tail) {
      const message = await this.#lookups.nextAt(subject, sending.unfencedTo + 1);
      if (message === undefined) break;
      const other = claimOf(message);
      if (other?.runId === claim.runId && other.token !== claim.token) throw new VanaError('publish_fenced');
      sending.unfencedTo = message.seq;
    }
    sending.unfencedTo = Math.max(sending.unfencedTo, tail);
  }

  /**
   * Somebody else has stored an event, or an earlier attempt of ours was stored and its answer lost: newer
   * servers compare the sequence before they look for the id.
   * @returns the sequence when the session's last event is the one that is being sent
   */
  async #readTail(sending: Sending, lane: Lane): Promise<number | undefined> {
    const last = await this.#lookups.leaderLast(sending.subject).catch(() => null);
    // Not reachable: the next attempt ends in a conflict again, or in a time-out.
    if (last === null) return undefined;
    lane.tail = last?.seq ?? 0;
    return last?.headers?.last(MESSAGE_ID_HEADER) === sending.messageId ? last.seq : undefined;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
