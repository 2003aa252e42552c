// A key that a signature is checked with, bound to one algorithm, and where such keys come from.
import type { KeyObject } from 'node:crypto';
import type { TokenHeader } from './token-header.js';

export type TokenAlgorithm = 'HS256' | 'RS256' | 'ES256';

export interface VerifyKey {
  readonly algorithm: TokenAlgorithm;
  readonly key: KeyObject;
}

export interface KeySource {
  /** All that any key of it is bound to. */
  readonly algorithms: readonly TokenAlgorithm[];
  /** The key that the header's algorithm and key id belong to. Never rejects. */
  find(header: TokenHeader): Promise<VerifyKey | undefined>;
  /** Any key, for work that only takes the time of a check. */
  any(): VerifyKey | undefined;
}
