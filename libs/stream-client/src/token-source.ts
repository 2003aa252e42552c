// The bearer token: fixed, or fetched when it is needed and again before it runs out.

/** A token, or a function that gets one. `refresh` asks for another than the last one. */
export type TokenSupplier = string | ((ask: { refresh: boolean }) => string | Promise<string>);

export class TokenSource {
  #token: string | undefined;

  constructor(private readonly supplier: TokenSupplier | undefined) {
    if (typeof supplier === 'string') this.#token = supplier;
  }

  get canRefresh(): boolean {
    return typeof this.supplier === 'function';
  }

  /** Milliseconds since 1970 at which the token runs out, if it says so. */
  get expiresAtMs(): number | undefined {
    return this.#token === undefined ? undefined : expiryOf(this.#token);
  }

  /** `undefined`: no token, a cookie authenticates. */
  async get(refresh = false): Promise<string | undefined> {
    if (typeof this.supplier !== 'function') return this.#token;
    if (this.#token === undefined || refresh) this.#token = await this.supplier({ refresh });
    return this.#token;
  }
}

/** A JWT's `exp`; the client trusts nothing by it, it only learns when to come with another one. */
function expiryOf(token: string): number | undefined {
  try {
    const payload = token.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/');
    const { exp } = JSON.parse(atob(payload)) as { exp?: unknown };
    return typeof exp === 'number' ? exp * 1_000 : undefined;
  } catch {
    return undefined;
  }
}
