// What an administrator has revoked, and which bearers that covers.
import type { Principal } from '@vana/events';

export const REVOCATION_KINDS = ['token', 'principal', 'session'] as const;
export type RevocationKind = (typeof REVOCATION_KINDS)[number];

export interface Revocation {
  /** A revocation reaches no other tenant. */
  readonly tenant: string;
  readonly kind: RevocationKind;
  /** The token's `jti`, the principal's id, or the session's id. */
  readonly id: string;
  /** Of principals and sessions, tokens that were issued later are not covered. Milliseconds since 1970. */
  readonly revokedAtMs: number;
  /** Nothing that it covers lives longer: it may be forgotten then. */
  readonly expiresAtMs: number;
}

/** Map key of what is revoked. */
function revocationKey({ tenant, kind, id }: Pick<Revocation, 'tenant' | 'kind' | 'id'>): string {
  // Neither tenant nor kind contains a dot, so the parts stay apart whatever the id is.
  return `${tenant}.${kind}.${id}`;
}

/** Revocations in memory, as every adapter looks them up. */
export class RevocationList {
  readonly #byKey = new Map<string, Revocation>();

  get size(): number {
    return this.#byKey.size;
  }

  /** The later of two of the same thing counts; the expired ones are forgotten on the way. */
  add(revocation: Revocation, nowMs: number): void {
    const key = revocationKey(revocation);
    const standing = this.#byKey.get(key);
    if (standing !== undefined && standing.revokedAtMs > revocation.revokedAtMs) return;
    this.#byKey.set(key, revocation);
    for (const [old, { expiresAtMs }] of this.#byKey) if (expiresAtMs <= nowMs) this.#byKey.delete(old);
  }

  /** @param sessionId session that is asked for, where one is */
  covers(principal: Principal, sessionId: string | undefined): boolean {
    if (this.#byKey.size === 0) return false;
    const { tenant, id, tokenId, issuedAtMs } = principal;
    const find = (kind: RevocationKind, name: string | undefined): Revocation | undefined =>
      name === undefined ? undefined : this.#byKey.get(revocationKey({ tenant, kind, id: name }));
    if (find('token', tokenId) !== undefined) return true;
    // Issue times are whole seconds: what came in the second of the revocation counts as earlier.
    return [find('principal', id), find('session', sessionId)].some(
      (found) => found !== undefined && (issuedAtMs ?? 0) <= found.revokedAtMs,
    );
  }
}
