// A browser's sign-in: the principal of its bearer token, signed by the gateway, in a cookie that ends with
// the token. Nothing is kept here; any gateway with the same secret takes it.
import {
  createPrincipalTokenCheck,
  issuePrincipalToken,
  type AdmissionRequest,
  type TokenVerdict,
} from '@vana/access-token';
import { VanaError, type BrowserSessionBody, type Principal } from '@vana/events';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CsrfTokens } from './csrf.js';
import { assertOwnPage } from './own-page.js';
import { clearCookies, sessionCookieOf, setCookies } from './session-cookie.js';

const USE = 'vana-session';

export interface BrowserSessionOptions {
  /** Of all gateways. */
  readonly secret: string;
  /** Besides the gateway's own. */
  readonly allowOrigins: readonly string[];
}

export class BrowserSessions {
  readonly #options: BrowserSessionOptions;
  readonly #check: ReturnType<typeof createPrincipalTokenCheck>;
  readonly #csrf: CsrfTokens;

  constructor(options: BrowserSessionOptions) {
    this.#options = options;
    this.#check = createPrincipalTokenCheck(options.secret, USE);
    this.#csrf = new CsrfTokens(options.secret);
  }

  /** The session cookie's content; `undefined` when there is none. */
  cookieOf(request: AdmissionRequest): string | undefined {
    return sessionCookieOf(request as FastifyRequest);
  }

  /** Whose cookie it is, wherever the request comes from. */
  verdict(cookie: string): Promise<TokenVerdict> {
    return this.#check(cookie);
  }

  /** What a request that shows nothing but the cookie must fulfil. @throws VanaError origin_refused | csrf_mismatch */
  assertOwnRequest(request: AdmissionRequest, cookie: string): void {
    assertOwnPage(request as FastifyRequest, this.#options.allowOrigins);
    this.#csrf.assert(request as FastifyRequest, cookie);
  }

  /** @throws VanaError origin_refused | unauthenticated (a principal without a token) */
  async signIn(principal: Principal, reply: FastifyReply): Promise<BrowserSessionBody> {
    assertOwnPage(reply.request, this.#options.allowOrigins);
    const { id, tenant, scopes, expiresAtMs, issuedAtMs } = principal;
    if (expiresAtMs === undefined) throw new VanaError('unauthenticated');
    const nowMs = Date.now();
    const cookie = await issuePrincipalToken(this.#options.secret, USE, principal, expiresAtMs / 1000);
    const csrf = this.#csrf.of(cookie);
    setCookies(reply, cookie, csrf, (expiresAtMs - nowMs) / 1000);
    const lifeMs = expiresAtMs - Math.min(issuedAtMs ?? nowMs, nowMs);
    return {
      principal: id,
      tenant,
      scopes: [...scopes],
      expires_at: new Date(expiresAtMs).toISOString(),
      renew_at: new Date(expiresAtMs - lifeMs / 4).toISOString(),
      csrf_token: csrf,
    };
  }

  /** @throws VanaError origin_refused */
  signOut(reply: FastifyReply): void {
    assertOwnPage(reply.request, this.#options.allowOrigins);
    clearCookies(reply);
  }
}
