// Drops stored events that were delivered already. Positions ascend within an epoch, so the last one is
// all that has to be remembered.

export class PositionFilter {
  #epoch = '';
  #seq = 0;
  #position: string | undefined;

  constructor(position?: string) {
    if (position === undefined) return;
    this.remember(position);
    this.moveTo(position);
  }

  /** What the next connection sends as its last id. */
  get position(): string | undefined {
    return this.#position;
  }

  /** The last id of a stream whose ids mean nothing to us; an empty one resets it. */
  remember(id: string): void {
    this.#position = id === '' ? undefined : id;
  }

  /** A control block's position: what the server has considered. A reset may lead back. */
  moveTo(id: string): void {
    const dash = id.lastIndexOf('-');
    const seq = Number(id.slice(dash + 1));
    if (dash < 1 || !Number.isSafeInteger(seq)) return;
    this.#epoch = id.slice(0, dash);
    this.#seq = seq;
    this.#position = id;
  }

  /**
   * @param merged the block stands for a run of chunks: it may carry the position before the run, and is
   * applied by offset, so that it is never a repetition
   * @returns whether the event is new
   */
  accept(id: string, merged: boolean): boolean {
    const dash = id.lastIndexOf('-');
    const isNew = id.slice(0, dash) !== this.#epoch || Number(id.slice(dash + 1)) > this.#seq;
    if (isNew) this.moveTo(id);
    return isNew || merged || dash < 1;
  }
}
