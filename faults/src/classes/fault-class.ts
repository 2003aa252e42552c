// What a class of faults is: the world it needs, the load it runs under, and a schedule drawn from a seed.
import type { Allowed } from '../oracle/judge-reader.js';
import type { Scene } from '../scene.js';
import type { Seeded } from '../seeded.js';
import type { WorldShape } from '../world/world.js';

/** One thing that goes wrong, and is mended again. */
export interface Injection {
  /** Since the load began; not before the one before it is over. */
  readonly atMs: number;
  /** What happens, for the printed schedule. */
  readonly text: string;
  /** Breaks and mends: resolves when everything runs again. */
  act(): Promise<void>;
}

export interface Load {
  readonly sessions: number;
  readonly clientsPerSession: number;
  /** Per session. */
  readonly eventsPerSecond: number;
  /** Sessions on which the orchestrators run research. */
  readonly runSessions: number;
  /** Events of each of these runs. */
  readonly runEvents: number;
  /** Clients reach the gateways through lines that can be made bad. */
  readonly behindProxies: boolean;
}

export interface FaultClass {
  readonly number: number;
  readonly name: string;
  readonly title: string;
  readonly world: WorldShape;
  /** Takes tens of seconds per injection: fewer of them are asked for. */
  readonly slow?: boolean;
  readonly load?: Partial<Load>;
  readonly allowed?: Allowed;
  /** The class takes events out of the stream: gaps may name them. */
  readonly retention?: boolean;
  /** Whether a server may leave its readers without `closing`; a planned stop may not. Default true. */
  readonly cutsAllowed?: boolean;
  /** No session falls silent during a fault. */
  readonly falseSilence?: boolean;
  plan(scene: Scene, random: Seeded, injections: number): Injection[];
}

/** `count` moments, `gapMs` apart with a jitter of half of that. */
export function moments(random: Seeded, count: number, gapMs: number, firstMs = 600): number[] {
  return Array.from({ length: count }, (_, n) => firstMs + Math.round(gapMs * (n + random.next() / 2)));
}
