// How a request shows who asks. The guard does not know the ways; a service may combine several.
import type { IncomingHttpHeaders } from 'node:http';
import { VanaError, type Principal } from '@vana/events';
import type { TokenCheck } from './token-check.js';

/** What of a request the ways look at. */
export interface AdmissionRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly params?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
}

/** `anonymous`: none, in demo mode. */
export type Credential = 'bearer' | 'cookie' | 'anonymous';

export interface Admitted {
  readonly principal: Principal;
  readonly credential: Credential;
}

/** @throws VanaError unauthenticated, or what a way has to say */
export type Admission = (request: AdmissionRequest) => Promise<Admitted>;

const BEARER = /^bearer +([A-Za-z0-9._~+/=-]+)$/i;

/** The token of an `Authorization: Bearer` header; `undefined` when there is no such header at all. */
export function bearerTokenOf({ authorization }: IncomingHttpHeaders): string | undefined {
  // Anything else in the header is a bad token, not the lack of one.
  return authorization === undefined || authorization === '' ? undefined : (BEARER.exec(authorization)?.[1] ?? '');
}

/** @param onRefused told the kind of each refusal, for the log */
export function bearerAdmission(checks: readonly TokenCheck[], onRefused: (kind: string) => void): Admission {
  return async ({ headers }) => {
    const token = bearerTokenOf(headers);
    const kinds: string[] = token === undefined ? ['none'] : [];
    for (const check of token === undefined ? [] : checks) {
      const verdict = await check(token!);
      if ('principal' in verdict) return { principal: verdict.principal, credential: 'bearer' };
      kinds.push(verdict.refused);
    }
    onRefused(kinds.join(', '));
    throw new VanaError('unauthenticated');
  };
}
