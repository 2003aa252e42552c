// Gives a run's events their envelope and stores them one after the other. An event that may or may not have
// been stored is published again with the same id until the bus says, so the order holds and nothing is doubled.
import { SCHEMA_VERSION, validateEvent, type SessionKey, type StoredEvent } from '@vana/events';
import type { Clock, EventPublisher, RunClaim } from '@vana/stream-core';
import type { EngineEvent } from '../engine/research-engine.js';
import { unlessAborted } from './pause.js';
import { retryPassing, type RetryLimits } from './retry.js';
import type { RunLease } from './run-lease.js';
import type { RunObserver, RunRef } from './run-observer.js';

export interface PublisherPorts {
  readonly publisher: EventPublisher;
  readonly clock: Clock;
  readonly limits: RetryLimits;
  readonly observer: RunObserver;
}

/** Events whose id is not a number: a worker and the healer of a lost run would store them only once. */
export type SingleEvent = 'error' | 'end' | `resumed-${string}`;

export class RunPublisher {
  readonly #ports: PublisherPorts;
  readonly #run: RunRef;
  readonly #lease: RunLease;
  #queue: Promise<unknown> = Promise.resolve();
  #stored = 0;
  #since: RunClaim['since'] = 'open';

  constructor(ports: PublisherPorts, run: RunRef, lease: RunLease) {
    this.#ports = ports;
    this.#run = run;
    this.#lease = lease;
  }

  /** An event has been stored under this publisher's claim: former owners of the run are refused from then on. */
  get claimed(): boolean {
    return this.#since !== 'open';
  }

  /** The next step gets the number after this one. */
  continueAfter(lastNumber: number): void {
    this.#stored = lastNumber;
  }

  /** Stored with the id `<runId>:<n>`, n counted from 1. Resolves when stored. */
  step(event: EngineEvent, signal: AbortSignal): Promise<void> {
    return this.#enqueue(async () => {
      await this.#store(this.#envelope(event, String(this.#stored + 1)), signal);
      this.#stored++;
    });
  }

  /** Stored with the id `<runId>:error` or `<runId>:end`, after everything that was given before. */
  single(event: EngineEvent, id: SingleEvent, signal: AbortSignal): Promise<void> {
    return this.#enqueue(() => this.#store(this.#envelope(event, id), signal));
  }

  #enqueue(store: () => Promise<void>): Promise<void> {
    const stored = this.#queue.then(store);
    // The queue goes on after a failure; an engine that does not await `emit` must not end the process.
    this.#queue = stored.catch(() => undefined);
    return stored;
  }

  #envelope(event: EngineEvent, id: string): StoredEvent {
    return validateEvent({
      schemaVersion: SCHEMA_VERSION,
      type: event.type,
      channel: event.channel,
      sessionId: this.#run.sessionId,
      runId: this.#run.runId,
      ...(event.agentId === undefined ? {} : { agentId: event.agentId }),
      ...(event.parentAgentId === undefined ? {} : { parentAgentId: event.parentAgentId }),
      data: event.data,
      id: `${this.#run.runId}:${id}`,
      createdAt: new Date(this.#ports.clock.now()).toISOString(),
    });
  }

  async #store(event: StoredEvent, signal: AbortSignal): Promise<void> {
    const { publisher, clock, limits, observer } = this.#ports;
    const session: SessionKey = { tenant: this.#run.tenant, sessionId: this.#run.sessionId };
    const stop = AbortSignal.any([signal, this.#lease.lost]);
    const publish = async (): Promise<void> => {
      await unlessAborted(this.#lease.ensure(), stop);
      const startedMs = clock.now();
      const { seq, duplicate } = await unlessAborted(publisher.publish(session, event, this.#claim()), stop);
      // One that was there already was stored by somebody else, under another claim.
      if (!duplicate || this.#since !== 'open') this.#since = Math.max(seq, this.#since === 'open' ? 0 : this.#since);
      observer.published(event.channel, clock.now() - startedMs);
    };
    const onRetry = (error: unknown): void => observer.retried(this.#run, 'publish', error);
    await retryPassing(publish, { clock, limits, signal: stop, onRetry });
  }

  #claim(): RunClaim {
    return { runId: this.#run.runId, token: this.#lease.holder, since: this.#since };
  }
}
