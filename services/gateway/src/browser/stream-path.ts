// The one list of streams that `/api/sse` leads to. A path is compared as it is written: nothing is decoded,
// joined or normalised, so nothing else can be meant by it.
import { ID_PATTERN, VanaError } from '@vana/events';

const ID = ID_PATTERN.source.slice(1, -1);
const STREAM_PATH = new RegExp(`^(?:(?:api/)?(run_sse|stream)|(agent_network_sse))/(${ID})$`);

export interface StreamPath {
  /** The broadcaster's path. */
  readonly path: string;
  readonly sessionId: string;
}

function streamPathOf(text: unknown): StreamPath | undefined {
  const found = typeof text === 'string' ? STREAM_PATH.exec(text) : null;
  if (found === null) return undefined;
  const [, api, agents, sessionId] = found;
  return { path: `/${api === undefined ? agents! : `api/${api}`}/${sessionId!}`, sessionId: sessionId! };
}

const PREFIX = '/api/sse';

/** What of a URL of `/api/sse` names the stream; `undefined` for other URLs and other paths. */
function namedStream(url: string): StreamPath | undefined {
  const [path, query = ''] = url.split(/\?(.*)/s, 2) as [string, string?];
  if (path === PREFIX) {
    const named = new URLSearchParams(query).getAll('path');
    return named.length === 1 ? streamPathOf(named[0]?.replace(/^\//, '')) : undefined;
  }
  return path.startsWith(`${PREFIX}/`) ? streamPathOf(path.slice(PREFIX.length + 1)) : undefined;
}

/** Its session, without judging the rest. */
export function streamSessionOf(url: string): string | undefined {
  return namedStream(url)?.sessionId;
}

/**
 * The stream, and the query for it: the request's own without `path`.
 * @throws VanaError invalid_stream_path
 */
export function requestedStream(url: string): StreamPath & { readonly query: string } {
  const stream = namedStream(url);
  if (stream === undefined) throw new VanaError('invalid_stream_path');
  const start = url.indexOf('?');
  const query = new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
  query.delete('path');
  return { ...stream, query: query.size === 0 ? '' : `?${query.toString()}` };
}
