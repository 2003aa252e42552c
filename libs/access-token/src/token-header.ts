// A token's text before its signature is looked at: three parts of base64url, a header that names one
// algorithm and perhaps a key. Keys that a header brings along (`jwk`, `jku`, `x5u`, `x5c`) are never looked at.
import { hasDuplicateMembers } from './duplicate-members.js';

/** Longer ones come from nobody's identity provider, and Node takes no header lines above 16 KiB. */
const MAX_TOKEN_CHARACTERS = 8_192;
const THREE_PARTS = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+$/;

export interface TokenHeader {
  readonly alg: string;
  readonly kid: string | undefined;
}

export interface TokenParts {
  readonly header: TokenHeader;
  /** JSON text of the claims. */
  readonly claimsText: string;
}

/** `undefined` for anything that is no signed token. */
export function tokenParts(token: string): TokenParts | undefined {
  if (token.length > MAX_TOKEN_CHARACTERS) return undefined;
  const parts = THREE_PARTS.exec(token);
  if (parts === null) return undefined;
  const [, headerText, claimsText] = parts.map((part) => Buffer.from(part, 'base64url').toString());
  const header = headerOf(headerText!);
  return header && { header, claimsText: claimsText! };
}

function headerOf(text: string): TokenHeader | undefined {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof header !== 'object' || header === null || hasDuplicateMembers(text, header)) return undefined;
  // RFC 7515, 4.1.11: who does not understand a critical parameter must refuse; we understand none.
  if ('crit' in header || !('alg' in header) || typeof header.alg !== 'string') return undefined;
  const kid = 'kid' in header ? header.kid : undefined;
  return kid === undefined || typeof kid === 'string' ? { alg: header.alg, kid } : undefined;
}
