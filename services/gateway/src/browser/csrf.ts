// Double submit, signed: a page that can read the cookie `vana_csrf` sends it as a header, and it must belong to
// the session cookie. One that a neighbouring host has planted does not.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { deriveSecret } from '@vana/access-token';
import { VanaError } from '@vana/events';
import type { FastifyRequest } from 'fastify';
import { CSRF_COOKIE } from './session-cookie.js';

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export class CsrfTokens {
  readonly #key: string;

  constructor(secret: string) {
    this.#key = deriveSecret(secret, 'csrf');
  }

  of(sessionCookie: string): string {
    return createHmac('sha256', this.#key).update(sessionCookie).digest('base64url');
  }

  /** For writes. @throws VanaError csrf_mismatch */
  assert(request: FastifyRequest, sessionCookie: string): void {
    if (READS.has(request.method)) return;
    const expected = this.of(sessionCookie);
    const given = [request.headers['x-csrf-token'], request.cookies[CSRF_COOKIE]];
    if (!given.every((text) => typeof text === 'string' && isSame(text, expected)))
      throw new VanaError('csrf_mismatch');
  }
}

function isSame(text: string, expected: string): boolean {
  const [a, b] = [Buffer.from(text), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
