// One run on this pod, from the claim to its end. Ends with exactly one `research_complete`, unless the pod dies or
// loses the lease: then the run is lost and whoever heals it writes that event.
import { VanaError } from '@vana/events';
import type { RunRecord, RunStore, SessionStore, TerminalRunStatus } from '@vana/run-state';
import type { Clock, EventPublisher } from '@vana/stream-core';
import type { EngineOutcome, ResearchEngine } from '../engine/research-engine.js';
import { deadline, unlessAborted } from './pause.js';
import { retryPassing } from './retry.js';
import { CANCELLED, endOfOutcome, failure, faultOf, type RunEnd } from './run-end.js';
import { settleRun } from './run-ending.js';
import { RunLease } from './run-lease.js';
import type { RunLimits } from './run-limits.js';
import type { RunObserver } from './run-observer.js';
import { RunPublisher } from './run-publisher.js';
import { RunStopped, type StopKind } from './run-stop.js';

export interface ExecutionPorts {
  readonly publisher: EventPublisher;
  readonly sessions: SessionStore;
  readonly runs: RunStore;
  readonly engine: ResearchEngine;
  readonly clock: Clock;
  readonly limits: RunLimits;
  readonly observer: RunObserver;
}

export class RunExecution {
  readonly run: RunRecord;
  readonly #ports: ExecutionPorts;
  /** Aborts the engine. */
  readonly #stop = new AbortController();
  /** Aborts everything: the pod has no more time. */
  readonly #giveUp = new AbortController();
  #running = false;

  constructor(ports: ExecutionPorts, run: RunRecord) {
    this.#ports = ports;
    this.run = run;
  }

  /** The claim has been made. */
  get running(): boolean {
    return this.#running;
  }

  /** Asks the engine to stop; the run ends by what `kind` says. The first kind counts. */
  stop(kind: Extract<StopKind, 'cancelled' | 'shutting_down'>): void {
    this.#stop.abort(new RunStopped(kind));
  }

  /** Lets go of the run as it is. */
  giveUp(): void {
    this.#giveUp.abort(new RunStopped('gave_up'));
  }

  /** Never rejects. */
  async execute(): Promise<void> {
    const { observer, clock } = this.#ports;
    try {
      const lease = await this.#claim();
      if (!lease) return;
      this.#running = true;
      const startedMs = clock.now();
      observer.started(this.run);
      const status = await this.#hold(lease);
      observer.ended(this.run, status, clock.now() - startedMs);
    } catch (error) {
      observer.dropped(this.run, error);
    }
  }

  async #claim(): Promise<RunLease | undefined> {
    const { clock, limits, observer } = this.#ports;
    // After that long the queued run counts as lost and belongs to whoever heals it.
    const patience = deadline(clock, limits.leaseMs, () => new RunStopped('lease_lost'));
    const signal = AbortSignal.any([patience.signal, this.#giveUp.signal]);
    const onRetry = (error: unknown): void => observer.retried(this.run, 'store', error);
    try {
      return await retryPassing(() => RunLease.claim(this.#ports, this.run), { clock, limits, signal, onRetry });
    } finally {
      patience.cancel();
    }
  }

  async #hold(lease: RunLease): Promise<TerminalRunStatus> {
    const look = (record: RunRecord): void => {
      if (record.cancelRequested) this.stop('cancelled');
    };
    look(lease.record);
    lease.startRenewing(look);
    try {
      const publisher = new RunPublisher(this.#ports, this.run, lease);
      const end = await this.#work(lease, publisher);
      return await settleRun(this.#ports, lease, publisher, end, this.#giveUp.signal);
    } finally {
      lease.stop();
    }
  }

  async #work(lease: RunLease, publisher: RunPublisher): Promise<RunEnd> {
    const { runId, query } = this.run;
    const signal = AbortSignal.any([this.#stop.signal, lease.lost, this.#giveUp.signal]);
    try {
      // Stored even when the run was cancelled while it waited: readers see every run begin and end.
      const started = { type: 'research_started', channel: 'research', data: { runId, query } } as const;
      await publisher.step(started, this.#giveUp.signal);
      return endOfOutcome(await this.#research(publisher, signal));
    } catch (error) {
      if (!signal.aborted) {
        if (error instanceof VanaError && error.code === 'publish_fenced') throw error;
        this.#ports.observer.engineFailed(this.run, error);
        return failure(faultOf(error));
      }
      const { kind } = signal.reason as RunStopped;
      if (kind === 'cancelled') return CANCELLED;
      if (kind === 'shutting_down') return failure('shutting_down');
      throw signal.reason;
    }
  }

  /** The engine's outcome; an engine that ignores its abort is left behind. */
  async #research(publisher: RunPublisher, signal: AbortSignal): Promise<EngineOutcome> {
    const { engine, clock, limits, observer } = this.#ports;
    signal.throwIfAborted();
    const over = new AbortController();
    const { runId, sessionId, query } = this.run;
    const work = Promise.resolve().then(() =>
      engine.run(
        { runId, sessionId, query },
        (event) => {
          if (over.signal.aborted) return refusal(new VanaError('run_finished'));
          if (signal.aborted) return refusal(signal.reason as Error);
          const stored = publisher.step(event, signal);
          stored.catch(() => undefined); // the engine may not look; its run still ends once
          return stored;
        },
        signal,
      ),
    );
    const abandon = new AbortController();
    let cancelTimer: () => void = () => undefined;
    signal.addEventListener(
      'abort',
      () => {
        cancelTimer = clock.schedule(limits.abandonMs, () => {
          observer.engineAbandoned(this.run);
          abandon.abort(signal.reason);
        });
      },
      { once: true },
    );
    try {
      return await unlessAborted(work, abandon.signal);
    } finally {
      cancelTimer();
      over.abort();
    }
  }
}

/** A rejection that the engine may leave unhandled. */
function refusal(reason: Error): Promise<never> {
  const refused = Promise.reject<never>(reason);
  refused.catch(() => undefined);
  return refused;
}
