// The keys of an identity provider: fetched when first needed, renewed in the background, kept while the
// provider cannot be reached. A token can make us ask again, but not often: unknown key ids are free to invent.
import { parseJwks } from './jwks-document.js';
import type { KeySource, TokenAlgorithm, VerifyKey } from './verify-key.js';
import type { TokenKey } from './settings.js';
import type { TokenHeader } from './token-header.js';

/** A key that the provider has withdrawn is trusted for this long at most (while the provider answers). */
const FRESH_MS = 600_000;
const ASK_AGAIN_MS = 30_000;
/** While there is no key at all, nobody can sign in. */
const ASK_AGAIN_WITHOUT_KEYS_MS = 5_000;
const FETCH_TIMEOUT_MS = 5_000;
const MAX_DOCUMENT_BYTES = 256 * 1024;

export interface JwksTrouble {
  readonly error: unknown;
  /** How many keys of an earlier answer stay in use. */
  readonly keysLeft: number;
}

export interface JwksOptions {
  readonly onTrouble: (trouble: JwksTrouble) => void;
  /** Milliseconds of any clock that does not jump. */
  readonly now?: () => number;
}

export class JwksKeys implements KeySource {
  readonly algorithms: readonly TokenAlgorithm[];
  readonly #source: Extract<TokenKey, { algorithm: 'JWKS' }>;
  readonly #onTrouble: (trouble: JwksTrouble) => void;
  readonly #now: () => number;
  #keys: ReadonlyMap<string, VerifyKey> = new Map();
  #loadedAtMs = -Infinity;
  #askedAtMs = -Infinity;
  #asking: Promise<void> | undefined;

  constructor(
    source: Extract<TokenKey, { algorithm: 'JWKS' }>,
    { onTrouble, now = () => performance.now() }: JwksOptions,
  ) {
    this.#source = source;
    this.algorithms = source.algorithms;
    this.#onTrouble = onTrouble;
    this.#now = now;
  }

  async find(header: TokenHeader): Promise<VerifyKey | undefined> {
    const known = this.#lookUp(header);
    if (known !== undefined) {
      if (this.#now() - this.#loadedAtMs >= FRESH_MS) void this.#refresh();
      return known;
    }
    await this.#refresh();
    return this.#lookUp(header);
  }

  any(): VerifyKey | undefined {
    return this.#keys.values().next().value;
  }

  /** Without a `kid` there must be no choice. */
  #lookUp({ alg, kid }: TokenHeader): VerifyKey | undefined {
    const fitting = kid === undefined ? [...this.#keys.values()].filter(({ algorithm }) => algorithm === alg) : [];
    const found = kid === undefined ? (fitting.length === 1 ? fitting[0] : undefined) : this.#keys.get(kid);
    return found?.algorithm === alg ? found : undefined;
  }

  /** Resolves when the answer is there, or at once when it is too early to ask again. */
  #refresh(): Promise<void> {
    if (this.#asking) return this.#asking;
    const pauseMs = this.#keys.size === 0 ? ASK_AGAIN_WITHOUT_KEYS_MS : ASK_AGAIN_MS;
    if (this.#now() - this.#askedAtMs < pauseMs) return Promise.resolve();
    this.#askedAtMs = this.#now();
    this.#asking = this.#load().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async #load(): Promise<void> {
    try {
      const keys = parseJwks(await fetchText(this.#source.url), this.#source.algorithms);
      if (keys.size === 0) throw new Error('the key set holds no key that can be used');
      this.#keys = keys;
      this.#loadedAtMs = this.#now();
    } catch (error) {
      this.#onTrouble({ error, keysLeft: this.#keys.size });
    }
  }
}

async function fetchText(url: string): Promise<string> {
  // A redirect could lead to a plain-text address.
  const signal = AbortSignal.timeout(FETCH_TIMEOUT_MS);
  const answer = await fetch(url, { redirect: 'error', headers: { accept: 'application/json' }, signal });
  if (!answer.ok) {
    await answer.body?.cancel();
    throw new Error(`the key set was answered with ${answer.status}`);
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > MAX_DOCUMENT_BYTES) throw new Error('the key set is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
