// One request to the gateway, repeated while that can help: the same ids make a repeated one harmless.
import { globalClock, type PublisherClock, type PublisherOptions } from './options.js';
import { PublishError } from './publish-error.js';

type CallOptions = Pick<
  PublisherOptions,
  'url' | 'token' | 'retryMinMs' | 'retryMaxMs' | 'giveUpMs' | 'fetch' | 'clock'
>;

export interface Call {
  readonly path: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const UNAUTHENTICATED = 401;

/** @throws PublishError */
export async function callGateway<T>(options: CallOptions, call: Call, signal: AbortSignal): Promise<T> {
  const { clock = globalClock, retryMinMs = 200, retryMaxMs = 10_000, giveUpMs = 60_000 } = options;
  const endMs = clock.now() + giveUpMs;
  let refusedTokens = 0;
  for (let pauseMs = retryMinMs; ; pauseMs = Math.min(pauseMs * 2, retryMaxMs)) {
    const { value, error, waitMs } = await attempt<T>(options, call, signal);
    if (error === undefined) return value as T;
    const freshToken = error.status === UNAUTHENTICATED && typeof options.token === 'function' && refusedTokens++ === 0;
    if (!error.retryable && !freshToken) throw error;
    // Between half of it and all of it, so that many do not come back together.
    const nextMs = Math.max(waitMs ?? 0, pauseMs * (0.5 + Math.random() / 2));
    if (signal.aborted || clock.now() + nextMs > endMs) throw error;
    if (!freshToken) await pause(clock, nextMs, signal);
  }
}

interface Outcome<T> {
  readonly value?: T;
  readonly error?: PublishError;
  /** The server's own wish. */
  readonly waitMs?: number | undefined;
}

async function attempt<T>(
  { url, token, fetch: send = fetch }: CallOptions,
  call: Call,
  signal: AbortSignal,
): Promise<Outcome<T>> {
  try {
    const bearer = typeof token === 'string' ? token : await token();
    const response = await send(new URL(call.path, url), {
      method: 'POST',
      headers: { ...call.headers, authorization: `Bearer ${bearer}` },
      body: call.body,
      signal,
    });
    if (response.ok) return { value: (await response.json()) as T };
    const seconds = Number(response.headers.get('retry-after') ?? NaN);
    return {
      error: await PublishError.ofAnswer(response),
      waitMs: Number.isFinite(seconds) ? seconds * 1_000 : undefined,
    };
  } catch (cause) {
    if (signal.aborted) return { error: new PublishError('closed', 'The publisher was closed.') };
    return { error: new PublishError('unreachable', 'The gateway cannot be reached.', { retryable: true, cause }) };
  }
}

function pause(clock: PublisherClock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      cancel();
      signal.removeEventListener('abort', settle);
      resolve();
    };
    const cancel = clock.schedule(ms, settle);
    signal.addEventListener('abort', settle, { once: true });
  });
}
