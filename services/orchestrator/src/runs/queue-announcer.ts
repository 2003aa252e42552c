// Tells readers where their run stands while it waits: `research_queued`, when it cannot begin at once and whenever
// its position changes, but not for every step of a long queue.
import { SCHEMA_VERSION, validateEvent, type StoredEvent } from '@vana/events';
import { queuedRunKey, type RunRecord, type RunStore } from '@vana/run-state';
import type { Clock, EventPublisher } from '@vana/stream-core';
import type { RunBoard } from './run-board.js';

export interface AnnouncerPorts {
  readonly publisher: EventPublisher;
  readonly runs: RunStore;
  readonly clock: Clock;
}

const FIRST_AFTER_MS = 300;
const AGAIN_AFTER_MS = 5_000;

export class QueueAnnouncer {
  readonly #ports: AnnouncerPorts;
  readonly #board: RunBoard;
  readonly #timers = new Map<string, () => void>();

  constructor(ports: AnnouncerPorts, board: RunBoard) {
    this.#ports = ports;
    this.#board = board;
  }

  /** Announces the run, which this pod has taken, until it begins. */
  follow(run: RunRecord): void {
    this.#schedule(run, FIRST_AFTER_MS, undefined, 1);
  }

  close(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  #schedule(run: RunRecord, delayMs: number, told: number | undefined, count: number): void {
    const key = queuedRunKey(run);
    this.#timers.get(key)?.();
    const look = (): void => {
      this.#timers.delete(key);
      void this.#look(run, told, count);
    };
    this.#timers.set(key, this.#ports.clock.schedule(delayMs, look));
  }

  async #look(run: RunRecord, told: number | undefined, count: number): Promise<void> {
    if (this.#board.get(run.tenant, run.runId)?.status !== 'queued') return;
    const ahead = this.#board.ahead(run);
    if (ahead === told) return this.#schedule(run, AGAIN_AFTER_MS, told, count);
    const published = await this.#tell(run, ahead, count).catch(() => false);
    if (published) this.#schedule(run, AGAIN_AFTER_MS, ahead, count + 1);
    else if (this.#board.get(run.tenant, run.runId)?.status === 'queued') {
      this.#schedule(run, AGAIN_AFTER_MS, told, count);
    }
  }

  /** @returns false when the run does not wait any more */
  async #tell(run: RunRecord, ahead: number, count: number): Promise<boolean> {
    const { publisher, runs } = this.#ports;
    // Asked at the truth: after `research_started` this event would be wrong.
    if ((await runs.get(run.tenant, run.runId))?.status !== 'queued') return false;
    await publisher.publish({ tenant: run.tenant, sessionId: run.sessionId }, this.#event(run, ahead, count));
    return true;
  }

  #event({ sessionId, runId }: RunRecord, ahead: number, count: number): StoredEvent {
    return validateEvent({
      schemaVersion: SCHEMA_VERSION,
      type: 'research_queued',
      channel: 'research',
      sessionId,
      runId,
      data: { runId, position: ahead + 1, ahead },
      id: `${runId}:queued-${count}`,
      createdAt: new Date(this.#ports.clock.now()).toISOString(),
    });
  }
}
