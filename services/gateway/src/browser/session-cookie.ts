// The cookies of a browser that has signed in: what they are called, and how they are set and taken away.
import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** `__Host-`: only this host can set it, over HTTPS, for all of its paths. */
const SECURE_NAME = '__Host-vana_session';
/** On a developer's machine there is no HTTPS, and a browser keeps no Secure cookie without. */
const DEVELOPMENT_NAME = 'vana_session';
/** For the page's own scripts, which send it back as a header. */
export const CSRF_COOKIE = 'vana_csrf';
const THIS_MACHINE = /^([a-z0-9-]+\.)*localhost(:\d+)?$|^127(\.\d+){3}(:\d+)?$|^\[::1\](:\d+)?$/i;

/** Anything but plain HTTP to this very machine: a proxy may have taken the TLS off. */
function isSecure({ protocol, host, headers }: FastifyRequest): boolean {
  return protocol === 'https' || headers['x-forwarded-proto'] !== undefined || !THIS_MACHINE.test(host);
}

/** `undefined` when there is none; the development cookie counts on a developer's machine only. */
export function sessionCookieOf(request: FastifyRequest): string | undefined {
  return request.cookies[SECURE_NAME] ?? (isSecure(request) ? undefined : request.cookies[DEVELOPMENT_NAME]);
}

/** @param maxAgeS seconds that are left of the token */
export function setCookies(reply: FastifyReply, session: string, csrf: string, maxAgeS: number): void {
  const secure = isSecure(reply.request);
  const options = { ...optionsOf(secure), maxAge: Math.max(0, Math.floor(maxAgeS)) };
  // Lax: a link from elsewhere may open a page of ours as the one who has signed in; nothing else may.
  void reply.setCookie(secure ? SECURE_NAME : DEVELOPMENT_NAME, session, { ...options, sameSite: 'lax' });
  void reply.setCookie(CSRF_COOKIE, csrf, { ...options, httpOnly: false, sameSite: 'strict' });
}

export function clearCookies(reply: FastifyReply): void {
  const options = optionsOf(isSecure(reply.request));
  void reply.clearCookie(options.secure ? SECURE_NAME : DEVELOPMENT_NAME, { ...options, sameSite: 'lax' });
  void reply.clearCookie(CSRF_COOKIE, { ...options, httpOnly: false, sameSite: 'strict' });
}

function optionsOf(secure: boolean): CookieSerializeOptions & { readonly secure: boolean } {
  return { path: '/', httpOnly: true, secure };
}
