// The keys that the settings name.
import { createPublicKey, createSecretKey } from 'node:crypto';
import { JwksKeys, type JwksTrouble } from './jwks-keys.js';
import type { TokenKey } from './settings.js';
import type { TokenHeader } from './token-header.js';
import type { KeySource, TokenAlgorithm, VerifyKey } from './verify-key.js';

export function keySourceOf(key: TokenKey, onTrouble: (trouble: JwksTrouble) => void): KeySource {
  switch (key.algorithm) {
    case 'JWKS':
      return new JwksKeys(key, { onTrouble });
    case 'HS256':
      return new OneKey({ algorithm: 'HS256', key: createSecretKey(Buffer.from(key.secret)) });
    case 'RS256':
      return new OneKey({ algorithm: 'RS256', key: createPublicKey(key.publicKey) });
  }
}

/** The configured key; a `kid` has nothing to choose from. */
class OneKey implements KeySource {
  readonly algorithms: readonly TokenAlgorithm[];

  constructor(private readonly only: VerifyKey) {
    this.algorithms = [only.algorithm];
  }

  async find({ alg }: TokenHeader): Promise<VerifyKey | undefined> {
    return alg === this.only.algorithm ? this.only : undefined;
  }

  any(): VerifyKey {
    return this.only;
  }
}
