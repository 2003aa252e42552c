// One run on this pod, from the claim to its end: from its beginning, or where a lost worker has left it. Ends with
// exactly one `research_complete`, unless the pod dies, stops or loses the lease: then another one goes on.
import { VanaError } from '@vana/events';
import { type RunRecord, type RunStore, type SessionStore, type TerminalRunStatus } from '@vana/run-state';
import type { Clock, EventLog, EventPublisher } from '@vana/stream-core';
import type { EngineOutcome, ResearchEngine } from '../engine/research-engine.js';
import { Continuation } from './continuation.js';
import { journaledSteps, type StepPorts } from './journaled-steps.js';
import { deadline, unlessAborted } from './pause.js';
import { retryPassing } from './retry.js';
import { CANCELLED, endOfOutcome, failure, faultOf, startedEvent, type RunEnd } from './run-end.js';
import { recordEnd, settleRun } from './run-ending.js';
import { RunEmitter } from './run-emitter.js';
import { RunLease } from './run-lease.js';
import type { RunLimits } from './run-limits.js';
import type { RunObserver } from './run-observer.js';
import { RunPublisher } from './run-publisher.js';
import { RunStopped, type StopKind } from './run-stop.js';
import { storedEventsOf } from './stored-run.js';

export interface ExecutionPorts extends StepPorts {
  readonly publisher: EventPublisher;
  readonly log: EventLog;
  readonly sessions: SessionStore;
  readonly runs: RunStore;
  readonly engine: ResearchEngine;
  readonly clock: Clock;
  readonly limits: RunLimits;
  readonly observer: RunObserver;
}

/**
 * `ended`: its end is stored. `not_ours`: somebody else has it. `handed_over`: this pod let go of it. `left`: it could
 * not go on here, and is lost when its lease has passed.
 */
export type ExecutionOutcome = 'ended' | 'not_ours' | 'handed_over' | 'left';

export class RunExecution {
  readonly run: RunRecord;
  readonly #ports: ExecutionPorts;
  readonly #onHeld: () => void;
  /** Aborts the engine. */
  readonly #stop = new AbortController();
  /** Aborts everything: the pod has no more time. */
  readonly #giveUp = new AbortController();
  #running = false;

  /** @param onHeld told now and then while the run is held here */
  constructor(ports: ExecutionPorts, run: RunRecord, onHeld: () => void = () => undefined) {
    this.#ports = ports;
    this.run = run;
    this.#onHeld = onHeld;
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
  async execute(): Promise<ExecutionOutcome> {
    const { observer, clock } = this.#ports;
    try {
      const lease = await this.#claim();
      if (!lease) return 'not_ours';
      this.#running = true;
      const startedMs = clock.now();
      const status = await this.#hold(lease);
      if (status === 'handed_over') return status;
      observer.ended(this.run, status, clock.now() - startedMs);
      return 'ended';
    } catch (error) {
      observer.dropped(this.run, error);
      return 'left';
    }
  }

  async #claim(): Promise<RunLease | undefined> {
    const { clock, limits, observer } = this.#ports;
    const patience = deadline(clock, limits.leaseMs, () => new RunStopped('lease_lost'));
    const signal = AbortSignal.any([patience.signal, this.#giveUp.signal]);
    const onRetry = (error: unknown): void => observer.retried(this.run, 'store', error);
    try {
      return await retryPassing(() => RunLease.acquire(this.#ports, this.run), { clock, limits, signal, onRetry });
    } finally {
      patience.cancel();
    }
  }

  async #hold(lease: RunLease): Promise<TerminalRunStatus | 'handed_over'> {
    const look = (record: RunRecord): void => {
      if (record.cancelRequested) this.stop('cancelled');
      this.#onHeld();
    };
    look(lease.record);
    lease.startRenewing(look);
    try {
      const publisher = new RunPublisher(this.#ports, this.run, lease);
      const end = await this.#work(lease, publisher);
      if (end === 'handed_over') {
        await lease.release();
        this.#ports.observer.handedOver(this.run);
        return end;
      }
      const status = await this.#settle(lease, publisher, end);
      await this.#ports.steps.forget(this.run).catch(() => undefined);
      return status;
    } finally {
      lease.stop();
    }
  }

  async #settle(lease: RunLease, publisher: RunPublisher, end: RunEnd | Stored): Promise<TerminalRunStatus> {
    if ('stored' in end) {
      await recordEnd(this.#ports, lease, { status: end.stored }, this.#giveUp.signal);
      return end.stored;
    }
    return settleRun(this.#ports, lease, publisher, end, this.#giveUp.signal);
  }

  async #work(lease: RunLease, publisher: RunPublisher): Promise<RunEnd | Stored | 'handed_over'> {
    const signal = AbortSignal.any([this.#stop.signal, lease.lost, this.#giveUp.signal]);
    try {
      const continuation = await this.#begin(lease, publisher);
      if (continuation.end !== undefined) return { stored: continuation.end };
      return endOfOutcome(await this.#research(lease.record, publisher, continuation, signal));
    } catch (error) {
      if (!signal.aborted) {
        if (error instanceof VanaError && error.code === 'publish_fenced') throw error;
        this.#ports.observer.engineFailed(this.run, error);
        return failure(faultOf(error));
      }
      const { kind } = signal.reason as RunStopped;
      if (kind === 'cancelled') return CANCELLED;
      if (kind === 'shutting_down') return 'handed_over';
      throw signal.reason;
    }
  }

  /** Stores the claim: what is told first, or that the run goes on. Then nothing of a former owner follows any more. */
  async #begin(lease: RunLease, publisher: RunPublisher): Promise<Continuation> {
    const { runId, status } = this.run;
    const { log, observer } = this.#ports;
    // Stored even when the run was cancelled while it waited: readers see every run begin and end.
    const started = startedEvent(this.run);
    if (status === 'queued') {
      observer.started(this.run);
      await publisher.step(started, this.#giveUp.signal);
      return new Continuation(runId, []);
    }
    const found = new Continuation(runId, await storedEventsOf(log, this.run));
    if (found.end !== undefined) return found;
    const attempt = lease.record.attempts ?? 1;
    if (!found.started) await publisher.step(started, this.#giveUp.signal);
    if (!publisher.claimed) {
      const resumed = { type: 'research_resumed', channel: 'research', data: { runId, attempt } } as const;
      await publisher.single(resumed, `resumed-${lease.holder}`, this.#giveUp.signal);
    }
    const events = await storedEventsOf(log, this.run);
    observer.resumed(this.run, attempt, events.length);
    const continuation = new Continuation(runId, events);
    publisher.continueAfter(continuation.lastNumber);
    return continuation;
  }

  /** The engine's outcome; an engine that ignores its abort is left behind. */
  async #research(
    record: RunRecord,
    publisher: RunPublisher,
    continuation: Continuation,
    signal: AbortSignal,
  ): Promise<EngineOutcome> {
    const { engine, clock, limits, observer } = this.#ports;
    signal.throwIfAborted();
    const over = new AbortController();
    const emitter = new RunEmitter(clock, publisher, continuation, signal);
    const { runId, sessionId, query, regenerates } = this.run;
    const attempt = record.attempts ?? 1;
    const steps = journaledSteps(this.#ports, record, signal);
    const work = Promise.resolve()
      .then(() =>
        engine.run(
          { runId, sessionId, query, attempt, steps, ...(regenerates === undefined ? {} : { regenerates }) },
          (event) => {
            if (over.signal.aborted) return refusal(new VanaError('run_finished'));
            if (signal.aborted) return refusal(signal.reason as Error);
            const stored = emitter.emit(event);
            stored.catch(() => undefined); // the engine may not look; its run still ends once
            return stored;
          },
          signal,
        ),
      )
      .finally(async () => {
        over.abort();
        // Also of an engine that failed: what it told before is told.
        if (!signal.aborted) await emitter.flush();
      });
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
      emitter.stop();
    }
  }
}

/** The end that a former owner has stored. */
interface Stored {
  readonly stored: TerminalRunStatus;
}

/** A rejection that the engine may leave unhandled. */
function refusal(reason: Error): Promise<never> {
  const refused = Promise.reject<never>(reason);
  refused.catch(() => undefined);
  return refused;
}
