// One lane per session: calls run one after the other, and the lane remembers the session's last sequence.
// Idle lanes are forgotten, the least recently used first: the server knows the tail as well.

export interface Lane {
  /** Sequence of the session's last event as far as we know; 0 when we do not. */
  tail: number;
}

interface LaneState extends Lane {
  last: Promise<unknown>;
  waiting: number;
}

export class SessionLanes {
  readonly #maxIdle: number;
  readonly #lanes = new Map<string, LaneState>();

  constructor(maxIdle: number) {
    this.#maxIdle = maxIdle;
  }

  get size(): number {
    return this.#lanes.size;
  }

  /** Runs `task` when all earlier ones of the same key have ended, however they did. */
  async run<T>(key: string, task: (lane: Lane) => Promise<T>): Promise<T> {
    const lane = this.#lanes.get(key) ?? { tail: 0, last: Promise.resolve(), waiting: 0 };
    this.#lanes.delete(key);
    this.#lanes.set(key, lane);
    lane.waiting++;
    const result = lane.last.then(() => task(lane));
    lane.last = result.catch(() => undefined);
    try {
      return await result;
    } finally {
      lane.waiting--;
      this.#forgetIdle();
    }
  }

  #forgetIdle(): void {
    let excess = this.#lanes.size - this.#maxIdle;
    for (const [key, lane] of this.#lanes) {
      if (excess <= 0) return;
      if (lane.waiting > 0) continue;
      this.#lanes.delete(key);
      excess--;
    }
  }
}
