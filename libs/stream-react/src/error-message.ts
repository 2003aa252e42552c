// What to tell a person about a broken connection: what happened, what happens next, what can be done.
import type { StreamStatus } from '@vana/stream-client';

export interface ErrorAdvice {
  readonly message: string;
  /** What helps; `wait`: nothing has to be done. */
  readonly action: 'wait' | 'retry' | 'sign_in' | 'none';
}

/** `undefined` while there is nothing to tell. */
export function adviceOf(status: StreamStatus, online: boolean): ErrorAdvice | undefined {
  const { state, error, breaker } = status;
  if (state === 'connected' || state === 'connecting') return undefined;
  if (!online) return { message: 'You are offline. The stream goes on when you are back.', action: 'wait' };
  if (error?.category === 'authentication')
    return { message: 'Your sign-in has expired. Sign in again to go on.', action: 'sign_in' };
  if (error?.category === 'authorization') return { message: refused(error.details.status), action: 'none' };
  if (breaker === 'open')
    return { message: 'The server does not answer. The next attempt is made within half a minute.', action: 'retry' };
  if (state === 'error') return { message: 'The connection could not be made. Try again.', action: 'retry' };
  if (error?.category === 'rate_limit')
    return { message: 'Too many requests; the stream comes back when the server allows it.', action: 'wait' };
  if (state === 'reconnecting')
    return { message: 'The connection broke. Coming back; nothing will be missed.', action: 'wait' };
  return undefined;
}

function refused(status: number | undefined): string {
  if (status === 404) return 'This session does not exist, or it is not yours.';
  if (status === 410) return 'This session was deleted.';
  return 'You may not read this session.';
}
