// A row of the table in docs/reliability.md.
import type { World } from '../world/world.js';

export interface Row {
  readonly fault: string;
  readonly figure: string;
  /** The limit of the row, as it is printed. */
  readonly must: string;
  readonly measured: string;
  readonly holds: boolean;
}

export interface Figure {
  readonly name: string;
  readonly world: 'single' | 'replicated';
  measure(world: World, durationS: number | undefined): Promise<readonly Row[]>;
}

export function ms(value: number): string {
  return value >= 1_000 ? `${(value / 1_000).toFixed(2)} s` : `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}
