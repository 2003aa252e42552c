// Who asks the gateway: a bearer token, a browser's cookie, or in demo mode nobody.
import {
  bearerAdmission,
  bearerTokenOf,
  type Admission,
  type AdmissionRequest,
  type TokenCheck,
} from '@vana/access-token';
import { VanaError, type Principal } from '@vana/events';
import type { BrowserSessions } from '../browser/browser-sessions.js';
import { streamSessionOf } from '../browser/stream-path.js';

export interface GatewayAdmissionParts {
  readonly tokens: TokenCheck;
  readonly browsers: BrowserSessions;
  /** In demo mode only. */
  readonly anonymous: Admission | undefined;
  readonly onRefused: (kind: string) => void;
}

export function gatewayAdmission({ tokens, browsers, anonymous, onRefused }: GatewayAdmissionParts): Admission {
  const byBearer = bearerAdmission([tokens], onRefused);

  const byCookie = async (request: AdmissionRequest, cookie: string): ReturnType<Admission> => {
    const verdict = await browsers.verdict(cookie);
    if ('refused' in verdict) {
      onRefused(`cookie: ${verdict.refused}`);
      throw new VanaError('unauthenticated');
    }
    browsers.assertOwnRequest(request, cookie);
    return { principal: verdict.principal, credential: 'cookie' };
  };

  return async (request) => {
    const cookie = browsers.cookieOf(request);
    if (bearerTokenOf(request.headers) === undefined) {
      if (cookie !== undefined) return byCookie(request, cookie);
      return anonymous === undefined ? byBearer(request) : anonymous(request);
    }
    const admitted = await byBearer(request);
    // A cookie that has run out says nothing about who asks.
    const other = cookie === undefined ? undefined : await browsers.verdict(cookie);
    if (other && 'principal' in other && !isSame(other.principal, admitted.principal)) {
      throw new VanaError('credentials_conflict');
    }
    return admitted;
  };
}

function isSame(a: Principal, b: Principal): boolean {
  return a.id === b.id && a.tenant === b.tenant;
}

/** In the path, in the stream path, in the body, or named beside a run or a message. */
export function sessionIdsOf({ params, url, body }: AdmissionRequest): readonly string[] {
  const start = url.indexOf('?');
  const named = [
    memberOf(params),
    streamSessionOf(url),
    memberOf(body),
    ...new URLSearchParams(start < 0 ? '' : url.slice(start + 1)).getAll('session_id'),
  ];
  return named.filter((id) => id !== undefined);
}

function memberOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('session_id' in value)) return undefined;
  return typeof value.session_id === 'string' ? value.session_id : undefined;
}
