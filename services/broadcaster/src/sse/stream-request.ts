// What a client asks of a stream, from its path, query and headers.
import type { Channel, Principal, SessionKey } from '@vana/events';
import type { ReplayMode } from '@vana/stream-core';
import type { IncomingHttpHeaders } from 'node:http';
import type { ConnectionRoute } from '../connections/open-connection.js';
import { channelsOf, deliveryOf, errorEventOf, replayOf, sessionIdOf, textOf, type Query } from '../http/query.js';

export interface StreamRequest {
  readonly route: ConnectionRoute;
  readonly session: SessionKey;
  readonly principal: Principal;
  readonly channels: ReadonlySet<Channel>;
  readonly replay: ReplayMode;
  readonly merge: boolean;
  readonly delivery: 'exact' | 'adaptive';
  /** As the client sent it. */
  readonly position: string | undefined;
  readonly errorEvent: string | undefined;
}

/** The parts of an HTTP request that are looked at. */
export interface StreamHttpRequest {
  readonly query: unknown;
  readonly headers: IncomingHttpHeaders;
}

/**
 * @param channels fixed by the route; by the query when absent
 * @throws VanaError invalid_session_id | invalid_channels | invalid_query
 */
export function streamRequestOf(
  route: ConnectionRoute,
  sessionId: string,
  principal: Principal,
  http: StreamHttpRequest,
  channels?: ReadonlySet<Channel>,
): StreamRequest {
  const query = http.query as Query;
  return {
    route,
    session: { tenant: principal.tenant, sessionId: sessionIdOf(sessionId) },
    principal,
    channels: channels ?? channelsOf(query),
    ...replayOf(query),
    delivery: deliveryOf(query),
    position: positionOf(http.headers, query),
    errorEvent: errorEventOf(query),
  };
}

/** The header wins: the URL of a native EventSource's reconnect is the one of its first connect. */
function positionOf(headers: IncomingHttpHeaders, query: Query): string | undefined {
  const fromQuery = textOf(query, 'lastEventId');
  const header = headers['last-event-id'];
  return typeof header === 'string' && header !== '' ? header : fromQuery;
}
