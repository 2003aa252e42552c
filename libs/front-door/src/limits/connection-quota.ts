// How many streams and polls this pod holds open, in all and for one principal.
import type { Principal } from '@vana/events';
import { limitKey } from './limit-key.js';

export interface ConnectionLimits {
  readonly maxConnections: number;
  readonly maxConnectionsPerPrincipal: number;
}

export class ConnectionQuota {
  #all = 0;
  readonly #byPrincipal = new Map<string, number>();

  constructor(private readonly limits: ConnectionLimits) {}

  /** @returns the function that gives the place back (idempotent); `undefined` when there is none */
  take(principal: Principal, address: string): (() => void) | undefined {
    const key = limitKey(principal, address);
    const own = this.#byPrincipal.get(key) ?? 0;
    if (this.#all >= this.limits.maxConnections || own >= this.limits.maxConnectionsPerPrincipal) return undefined;
    this.#all += 1;
    this.#byPrincipal.set(key, own + 1);
    let taken = true;
    return () => {
      if (!taken) return;
      taken = false;
      this.#all -= 1;
      const left = (this.#byPrincipal.get(key) ?? 1) - 1;
      if (left === 0) this.#byPrincipal.delete(key);
      else this.#byPrincipal.set(key, left);
    };
  }
}
