// Long-polling: the same events and positions where something on the way holds streams back.
import { StreamError } from '../states.js';
import { request, type Transport, type TransportRequest } from './transport.js';

/** The first poll answers at once, so that the page knows that it is connected. */
const WAIT_S = 25;

interface PollAnswer {
  readonly events: readonly { readonly id: string; readonly event: string; readonly data: Record<string, unknown> }[];
  readonly cursor: string;
}

/** @param isOver asked before each poll: true ends the connection as `broken`, so that streaming is tried again */
export function pollTransport(isOver: () => boolean): Transport {
  return async (given, sink) => {
    let cursor = given.position;
    let opened = false;
    while (!given.signal.aborted && !isOver()) {
      const response = await request(
        pollUrl(given.url, cursor, opened ? WAIT_S : 0),
        { accept: 'application/json' },
        given,
      );
      if (response.status === 204) return 'ended';
      const answer = await body(response);
      if (!opened) sink.opened();
      opened = true;
      sink.alive();
      for (const { id, event, data } of answer.events) sink.block({ type: event, id, data });
      cursor = answer.cursor;
      await sink.ready();
    }
    return 'broken';
  };
}

async function body(response: Response): Promise<PollAnswer> {
  try {
    const answer = (await response.json()) as PollAnswer;
    if (Array.isArray(answer.events) && typeof answer.cursor === 'string') return answer;
  } catch {
    // Said below.
  }
  throw new StreamError('parsing', 'The answer to a poll cannot be read.');
}

const CHANNELS_OF_ROUTE: Readonly<Record<string, string>> = {
  agent_network_sse: 'agents',
  run_sse: 'research,chat',
};

/** `…/api/stream/ID`, `…/api/run_sse/ID` and `…/agent_network_sse/ID` have the same events at `…/api/poll/ID`. */
function pollUrl(stream: TransportRequest['url'], cursor: string | undefined, waitS: number): URL {
  const url = new URL(stream);
  const [, prefix, route, session] =
    /^(.*?)(?:\/api(?:\/sse)?)?\/(stream|run_sse|agent_network_sse)\/([^/]+)$/.exec(url.pathname) ?? [];
  if (route === undefined || session === undefined) throw new StreamError('stream', 'This stream cannot be polled.');
  url.pathname = `${prefix}/api/poll/${session}`;
  const channels = CHANNELS_OF_ROUTE[route];
  if (channels !== undefined) url.searchParams.set('channels', channels);
  if (cursor !== undefined) url.searchParams.set('cursor', cursor);
  for (const name of ['lastEventId', 'delivery', 'error_event']) url.searchParams.delete(name);
  url.searchParams.set('wait', String(waitS));
  return url;
}
