// What the oracle can find wrong, and what it counts.

export type FaultKind =
  /** Stored, not delivered, not named by a gap. */
  | 'lost'
  | 'duplicated'
  | 'out_of_order'
  /** Delivered with other bytes than are stored. */
  | 'altered'
  /** Delivered, but not one of this session. */
  | 'foreign'
  /** Acknowledged to its publisher, not stored. */
  | 'unstored'
  /** An event id that a session holds more than once. */
  | 'stored_twice'
  /** A stored message that does not name the one before it. */
  | 'broken_chain'
  /** A gap over events that are still there. */
  | 'false_gap'
  /** A `reset` that nothing explains. */
  | 'false_reset'
  /** A control block that took the client's position back or over events. */
  | 'bad_position'
  /** A server-side close without `closing`. */
  | 'untold_cut'
  /** What Redis holds is not a chain of stored events. */
  | 'bad_history'
  /** A run that did not end exactly once, or went on after its end. */
  | 'bad_run'
  /** Did not reach the end in time. */
  | 'stuck'
  /** Somebody was given what they may not read. */
  | 'leaked';

export interface Finding {
  readonly kind: FaultKind;
  readonly detail: string;
}

/** A list that counts everything and keeps the first of each kind in words. */
export class Findings {
  readonly counts = new Map<FaultKind, number>();
  readonly first: Finding[] = [];

  add(kind: FaultKind, detail: string, times = 1): void {
    const before = this.counts.get(kind) ?? 0;
    this.counts.set(kind, before + times);
    if (before < KEPT_PER_KIND) this.first.push({ kind, detail });
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }
}

const KEPT_PER_KIND = 3;
