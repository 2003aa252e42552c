// Progress of a run: units of work done out of the units known so far. It never goes back: when more work
// becomes known, it stands still until the work has caught up.

export class WorkLedger {
  private done = 0;
  private known = 0;
  private shown = 0;
  /** Units that are known to come, by who will do them; part of `known`. */
  private readonly reserved = new Map<string, number>();

  /** Work that `who` will announce in detail later. */
  reserve(who: string, units: number): void {
    this.reserved.set(who, (this.reserved.get(who) ?? 0) + units);
    this.known += units;
  }

  /** What is left of a reservation will not be needed. */
  release(who: string): void {
    this.known -= this.reserved.get(who) ?? 0;
    this.reserved.delete(who);
  }

  /** `who` announces work; what it had reserved is used up first. */
  expect(who: string, units: number): void {
    const reserved = this.reserved.get(who) ?? 0;
    const used = Math.min(reserved, units);
    this.reserved.set(who, reserved - used);
    this.known += units - used;
  }

  complete(): void {
    this.done++;
    this.known = Math.max(this.known, this.done);
  }

  /** Nothing is left to do: what was announced and not done is not needed. */
  settle(): void {
    this.known = this.done;
    this.reserved.clear();
  }

  /** 0..1 */
  fraction(): number {
    if (this.known > 0) this.shown = Math.max(this.shown, this.done / this.known);
    return this.shown;
  }
}
