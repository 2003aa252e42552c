// All open connections of the pod: how many there may be, which belong to a session, the wheel's turns.
import { VanaError, sessionKeyString, type CloseReason, type Principal, type SessionKey } from '@vana/events';
import { spread, type SpreadOptions } from '@vana/observability';
import type { OpenConnection } from './open-connection.js';

export interface ConnectionLimits {
  readonly maxConnections: number;
  readonly maxConnectionsPerPrincipal: number;
}

// A tenant contains no dot, so the pair is unambiguous whatever a principal is called.
const principalKey = ({ tenant, id }: Principal): string => `${tenant}.${id}`;

export class OpenConnections {
  #draining = false;
  readonly #all = new Set<OpenConnection>();
  readonly #bySession = new Map<string, Set<OpenConnection>>();
  readonly #countByPrincipal = new Map<string, number>();
  #whenEmpty: (() => void) | undefined;

  constructor(
    private readonly limits: ConnectionLimits,
    private readonly onFault: (error: unknown) => void,
  ) {}

  get size(): number {
    return this.#all.size;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Why this principal cannot have another connection now; `undefined` when it can. */
  refusal(principal: Principal): Extract<CloseReason, 'drain' | 'too_many_connections'> | undefined {
    if (this.#draining) return 'drain';
    const own = this.#countByPrincipal.get(principalKey(principal)) ?? 0;
    return this.#full || own >= this.limits.maxConnectionsPerPrincipal ? 'too_many_connections' : undefined;
  }

  /** The pod takes nobody, whoever it is: another one may. */
  get turnsEverybodyAway(): boolean {
    return this.#draining || this.#full;
  }

  /** @throws VanaError shutting_down while the pod drains: another one answers */
  assertNotDraining(): void {
    if (this.#draining) throw new VanaError('shutting_down');
  }

  get #full(): boolean {
    return this.#all.size >= this.limits.maxConnections;
  }

  add(connection: OpenConnection): void {
    this.#all.add(connection);
    const key = sessionKeyString(connection.session);
    this.#bySession.set(key, (this.#bySession.get(key) ?? new Set()).add(connection));
    this.#count(connection.principal, 1);
  }

  /** The connection's socket is closed, or its poll answered. Idempotent. */
  remove(connection: OpenConnection): void {
    if (!this.#all.delete(connection)) return;
    const key = sessionKeyString(connection.session);
    const ofSession = this.#bySession.get(key);
    ofSession?.delete(connection);
    if (ofSession?.size === 0) this.#bySession.delete(key);
    this.#count(connection.principal, -1);
    if (this.#all.size === 0) this.#whenEmpty?.();
  }

  ofSession(session: SessionKey): readonly OpenConnection[] {
    return [...(this.#bySession.get(sessionKeyString(session)) ?? [])];
  }

  /** A connection whose turn fails is cut off; the others get theirs. */
  turn(nowMs: number): void {
    for (const connection of this.#all) this.#guarded(connection, () => connection.turn(nowMs));
  }

  /** From now on nobody is let in. */
  drain(): void {
    this.#draining = true;
  }

  /** Closes those that are meant, now. */
  closeWhere(reason: CloseReason, isMeant: (connection: OpenConnection) => boolean): void {
    for (const connection of [...this.#all]) {
      this.#guarded(connection, () => {
        if (isMeant(connection)) connection.closeWith(reason);
      });
    }
  }

  /** Closes those that are open now, evenly over a time. Resolves when each has been told. */
  async closeAll(reason: CloseReason, over: SpreadOptions): Promise<void> {
    const close = (connection: OpenConnection): void => this.#guarded(connection, () => connection.closeWith(reason));
    await spread([...this.#all], close, over);
  }

  /** Resolves when the last connection has been removed. */
  async empty(): Promise<void> {
    if (this.#all.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#whenEmpty = resolve;
    });
  }

  destroyAll(): void {
    for (const connection of this.#all) connection.destroy();
  }

  #guarded(connection: OpenConnection, task: () => void): void {
    try {
      task();
    } catch (error) {
      this.onFault(error);
      connection.destroy();
    }
  }

  #count(principal: Principal, change: 1 | -1): void {
    const key = principalKey(principal);
    const count = (this.#countByPrincipal.get(key) ?? 0) + change;
    if (count === 0) this.#countByPrincipal.delete(key);
    else this.#countByPrincipal.set(key, count);
  }
}
