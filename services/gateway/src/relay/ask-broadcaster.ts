// One request to one broadcaster, up to the head of its answer. How it failed decides whether another one is asked.
import type { Clock } from '@vana/stream-core';
import { request as httpRequest, type Agent, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';

/** First probe of a connection over which nothing comes; nine more follow, a second apart. */
const KEEP_ALIVE_MS = 10_000;

export interface AskTimes {
  /** Milliseconds for the connection; also for the head, where `headMs` is absent. */
  readonly firstByteMs: number;
  /** Milliseconds for the head once the connection stands: for answers that take their time. */
  readonly headMs?: number;
}

export type Asked =
  | { readonly kind: 'answered'; readonly response: IncomingMessage }
  /** No connection, or it broke before the head. */
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'no_first_byte' }
  | { readonly kind: 'silent' }
  /** Connected, but the head did not come within `headMs`. */
  | { readonly kind: 'late' };

export interface Question {
  readonly url: URL;
  readonly headers: OutgoingHttpHeaders;
  readonly times: AskTimes;
  readonly agent: Agent;
  readonly clock: Clock;
  /** Ends the request and the answer, whenever it fires. */
  readonly client: AbortSignal;
  /** Gives the broadcaster up while it has not answered. */
  readonly silent: AbortSignal;
}

/** Never rejects. An answer's body is not read yet; whoever gets it must read or destroy it. */
export function askBroadcaster({ url, headers, times, agent, clock, client, silent }: Question): Promise<Asked> {
  return new Promise((resolve) => {
    const request = httpRequest(url, { method: 'GET', headers, agent, signal: client });
    let failure: Exclude<Asked['kind'], 'answered'> = 'unreachable';
    const giveUp = (kind: typeof failure) => {
      failure = kind;
      request.destroy();
      settle({ kind });
    };
    const giveUpAfter = (ms: number, kind: typeof failure) => clock.schedule(ms, () => giveUp(kind));
    let cancelTimer = giveUpAfter(times.firstByteMs, 'no_first_byte');
    const onSilent = () => giveUp('silent');
    silent.addEventListener('abort', onSilent);
    const settle = (asked: Asked) => {
      cancelTimer();
      silent.removeEventListener('abort', onSilent);
      resolve(asked);
    };

    const { headMs } = times;
    if (headMs !== undefined) {
      request.once('socket', (socket) =>
        socket.once('connect', () => {
          cancelTimer();
          cancelTimer = giveUpAfter(headMs, 'late');
        }),
      );
    }
    request.setNoDelay(true);
    // An event stream only receives: nothing else finds a broadcaster's machine that is gone without a word.
    request.setSocketKeepAlive(true, KEEP_ALIVE_MS);
    request.once('response', (response) => settle({ kind: 'answered', response }));
    // Stays on: a request that is destroyed later tells of it here, too.
    request.on('error', () => settle({ kind: failure }));
    request.end();
  });
}
