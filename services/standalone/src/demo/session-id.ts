import { randomBytes } from 'node:crypto';

/** Unguessable: in demo mode the id is all that protects a session. */
export function newSessionId(): string {
  return `demo-${randomBytes(16).toString('base64url')}`;
}
