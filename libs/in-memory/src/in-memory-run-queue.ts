// The work queue of the embedded set-up.
import { queuedRunKey, type QueuedRun, type RunDelivery, type RunQueue } from '@vana/run-state';
import type { Clock } from '@vana/stream-core';

interface Notice {
  readonly run: QueuedRun;
  readonly order: number;
  /** Counts the hands that it was in: those of an earlier delivery have no say any more. */
  delivery: number;
  /** In somebody's hands or given back for later; the function takes back that plan. */
  cancelReturn: (() => void) | undefined;
}

type Waiter = (delivery: RunDelivery) => void;

export class InMemoryRunQueue implements RunQueue {
  readonly #clock: Pick<Clock, 'schedule'>;
  readonly #patienceMs: number;
  readonly #notices = new Map<string, Notice>();
  readonly #waiters = new Set<Waiter>();
  #added = 0;

  /** @param patienceMs after that long without `working` a notice goes to another worker */
  constructor(clock: Pick<Clock, 'schedule'>, patienceMs = 15_000) {
    this.#clock = clock;
    this.#patienceMs = patienceMs;
  }

  async add({ tenant, runId }: QueuedRun): Promise<void> {
    const run = { tenant, runId };
    const key = queuedRunKey(run);
    if (this.#notices.has(key)) return;
    this.#notices.set(key, { run, order: ++this.#added, delivery: 0, cancelReturn: undefined });
    this.#handOut();
  }

  next(signal: AbortSignal): Promise<RunDelivery | undefined> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve(undefined);
      const abort = (): void => {
        this.#waiters.delete(take);
        resolve(undefined);
      };
      const take = (delivery: RunDelivery): void => {
        signal.removeEventListener('abort', abort);
        resolve(delivery);
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#waiters.add(take);
      this.#handOut();
    });
  }

  async held(): Promise<ReadonlySet<string>> {
    return new Set(this.#notices.keys());
  }

  #handOut(): void {
    for (const waiter of this.#waiters) {
      const notice = this.#first();
      if (notice === undefined) return;
      this.#waiters.delete(waiter);
      waiter(this.#deliver(notice));
    }
  }

  #first(): Notice | undefined {
    let first: Notice | undefined;
    for (const notice of this.#notices.values()) {
      if (notice.cancelReturn === undefined && (!first || notice.order < first.order)) first = notice;
    }
    return first;
  }

  #deliver(notice: Notice): RunDelivery {
    const delivery = ++notice.delivery;
    const isMine = (): boolean => notice.delivery === delivery && this.#notices.get(key) === notice;
    const key = queuedRunKey(notice.run);
    this.#returnAfter(notice, this.#patienceMs);
    return {
      ...notice.run,
      working: () => {
        if (isMine() && notice.cancelReturn) this.#returnAfter(notice, this.#patienceMs);
      },
      done: async () => {
        if (!isMine()) return;
        notice.cancelReturn?.();
        this.#notices.delete(key);
      },
      giveBack: (delayMs) => {
        if (isMine()) this.#returnAfter(notice, delayMs);
      },
    };
  }

  #returnAfter(notice: Notice, delayMs: number): void {
    const comeBack = (): void => {
      notice.cancelReturn = undefined;
      this.#handOut();
    };
    notice.cancelReturn?.();
    if (delayMs > 0) notice.cancelReturn = this.#clock.schedule(delayMs, comeBack);
    else comeBack();
  }
}
