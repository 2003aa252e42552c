// The right to work on a run: a claim and a time in the run's record, both changed by compare-and-set. Whoever
// holds it is the only one who publishes the run's events and ends it. Holders compare the time with their own
// clock, so clocks of pods must agree to well within `leaseMs - renewEveryMs`.
import { randomUUID } from 'node:crypto';
import { canMove, isLost, isTerminal, type RunRecord, type RunStore, type TerminalRunStatus } from '@vana/run-state';
import type { Clock } from '@vana/stream-core';
import type { RunLimits } from './run-limits.js';
import { RunStopped } from './run-stop.js';

export interface LeasePorts {
  readonly runs: RunStore;
  readonly clock: Clock;
  readonly limits: RunLimits;
}

export class RunLease {
  readonly #ports: LeasePorts;
  readonly #holder: string;
  readonly #lost = new AbortController();
  #record: RunRecord;
  #stopRenewing: () => void = () => undefined;
  #stopped = false;

  private constructor(ports: LeasePorts, holder: string, record: RunRecord) {
    this.#ports = ports;
    this.#holder = holder;
    this.#record = record;
  }

  /**
   * A worker takes a queued run: it is `running` from here on.
   * @returns `undefined` when somebody else has it or it has ended
   * @throws VanaError store_unavailable | store_conflict
   */
  static claim(ports: LeasePorts, run: RunRecord): Promise<RunLease | undefined> {
    return RunLease.#take(ports, run, (record, nowMs) =>
      record.status === 'queued' && record.claimedBy === undefined
        ? { ...record, status: 'running', startedAtMs: nowMs, attempts: 1 }
        : undefined,
    );
  }

  /** What a run's record says is held already, by an agent outside. */
  static held(ports: LeasePorts, run: RunRecord): RunLease {
    return new RunLease(ports, run.claimedBy ?? '', run);
  }

  /** Takes the run as it stands: queued or lost. Answers and faults as `claim`. */
  static acquire(ports: LeasePorts, run: RunRecord): Promise<RunLease | undefined> {
    return run.status === 'queued' ? RunLease.claim(ports, run) : RunLease.takeOver(ports, run);
  }

  /** Takes a lost run: it goes on, or is ended. Answers and faults as `claim`. */
  static takeOver(ports: LeasePorts, run: RunRecord): Promise<RunLease | undefined> {
    return RunLease.#take(ports, run, (record, nowMs) =>
      isLost(record, nowMs) ? { ...record, attempts: (record.attempts ?? 1) + 1 } : undefined,
    );
  }

  static async #take(
    ports: LeasePorts,
    { tenant, runId }: RunRecord,
    take: (record: RunRecord, nowMs: number) => RunRecord | undefined,
  ): Promise<RunLease | undefined> {
    const holder = randomUUID();
    const record = await ports.runs.update(tenant, runId, (standing) => {
      const nowMs = ports.clock.now();
      const taken = take(standing, nowMs);
      return taken && { ...taken, claimedBy: holder, leaseUntilMs: nowMs + ports.limits.leaseMs };
    });
    return record?.claimedBy === holder ? new RunLease(ports, holder, record) : undefined;
  }

  /** One per claim: what the run's events are stored under. */
  get holder(): string {
    return this.#holder;
  }

  get record(): RunRecord {
    return this.#record;
  }

  /** Aborted with RunStopped('lease_lost') when the record names another holder or is gone. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Renews until `stop`, and shows each record that it sees (it may carry a cancel request). */
  startRenewing(onRecord: (record: RunRecord) => void): void {
    const { clock, limits } = this.#ports;
    const next = (delayMs: number): void => {
      if (this.#stopped) return;
      this.#stopRenewing = clock.schedule(delayMs, () => {
        this.renew().then(
          () => {
            next(limits.renewEveryMs);
            if (!this.#stopped) onRecord(this.#record);
          },
          // Lost: over. The store failed: sooner than usual.
          () => (this.lost.aborted ? undefined : next(Math.min(limits.retryMaxMs, limits.renewEveryMs))),
        );
      });
    };
    next(limits.renewEveryMs);
  }

  /** @throws RunStopped lease_lost, VanaError store_unavailable | store_conflict */
  async renew(): Promise<void> {
    const { runs, clock, limits } = this.#ports;
    const record = await runs.update(this.#record.tenant, this.#record.runId, (standing) =>
      this.#holds(standing) ? { ...standing, leaseUntilMs: clock.now() + limits.leaseMs } : undefined,
    );
    this.#see(record);
  }

  /**
   * To be called before each publish: returns at once while the lease runs, renews it when it has passed
   * (the pod slept, the store was away), so that a run taken over meanwhile is not written to.
   * @throws as `renew`
   */
  async ensure(): Promise<void> {
    this.lost.throwIfAborted();
    if (this.#ports.clock.now() >= (this.#record.leaseUntilMs ?? 0)) await this.renew();
  }

  /**
   * Moves the run to its terminal status; repeating it is safe.
   * @throws as `renew`
   */
  async finish(status: TerminalRunStatus, reason?: string): Promise<RunRecord> {
    const { runs, clock } = this.#ports;
    const record = await runs.update(this.#record.tenant, this.#record.runId, (standing) => {
      if (!this.#holds(standing) || !canMove(standing.status, status)) return undefined;
      return { ...standing, status, endedAtMs: clock.now(), ...(reason === undefined ? {} : { reason }) };
    });
    this.#see(record);
    return this.#record;
  }

  /**
   * Lets go of the run so that another pod goes on with it at once; that is no failed attempt.
   * @throws as `renew`
   */
  async release(): Promise<void> {
    const { runs, clock } = this.#ports;
    this.stop();
    await runs.update(this.#record.tenant, this.#record.runId, (standing) =>
      this.#holds(standing)
        ? { ...standing, leaseUntilMs: clock.now(), attempts: Math.max(0, (standing.attempts ?? 1) - 1) }
        : undefined,
    );
  }

  /** No more renewals. The claim stays in the record until it passes. */
  stop(): void {
    this.#stopped = true;
    this.#stopRenewing();
  }

  #holds(record: RunRecord): boolean {
    return record.claimedBy === this.#holder && !isTerminal(record.status);
  }

  #see(record: RunRecord | undefined): void {
    if (record?.claimedBy === this.#holder) {
      this.#record = record;
      return;
    }
    this.stop();
    this.#lost.abort(new RunStopped('lease_lost'));
    this.#lost.signal.throwIfAborted();
  }
}
