// What every relayed route does: who asks, may they read the session, then a broadcaster's answer.
import { VanaError, parsePosition, sessionKeyString, type Principal, type SessionKey } from '@vana/events';
import type { SessionStore } from '@vana/run-state';
import { SSE_HEADERS } from '@vana/sse-wire';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readableSession } from '../access/session-access.js';
import type { BroadcasterRelay, RelayJob, RelayKind } from '../relay/broadcaster-relay.js';
import { farewell } from '../relay/farewell.js';

export interface RelayedRequest {
  readonly kind: RelayKind;
  /** The broadcaster's path, made of checked parts. */
  readonly path: string;
  readonly principal: Principal;
  /** Absent on routes over all sessions of the caller. */
  readonly session?: SessionKey;
}

export class SessionRelay {
  constructor(
    private readonly sessions: Pick<SessionStore, 'get'>,
    private readonly broadcasters: BroadcasterRelay,
  ) {}

  /** @throws VanaError before anything is sent; for event streams only what coming back cannot mend */
  async serve(asked: RelayedRequest, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    // Fastify offers HEAD for each GET; a stream's would never end.
    if (request.method !== 'GET') throw new VanaError('method_not_allowed');
    try {
      await this.#relay(asked, request, reply);
    } catch (error) {
      if (asked.kind !== 'stream' || !(error instanceof VanaError) || !passes(error)) throw error;
      const body = farewell('upstream_unavailable', positionOf(request));
      void reply
        .status(200)
        .headers({ ...SSE_HEADERS, connection: 'close' })
        .send(body);
    }
  }

  async #relay(asked: RelayedRequest, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { kind, principal, session } = asked;
    if (session !== undefined) {
      const state = await readableSession(this.sessions, session, principal);
      // Whether a reader with a position has had everything, a broadcaster knows (204).
      const mayBeDone = kind === 'stream' && positionOf(request) !== undefined;
      if (state === 'deleted' && !mayBeDone) throw new VanaError('session_gone');
    }
    const job: RelayJob = {
      kind,
      routingKey: session === undefined ? `${principal.tenant}.${principal.id}` : sessionKeyString(session),
      target: asked.path + queryOf(request.url),
      request: request.raw,
      response: reply.raw,
    };
    const start = await this.broadcasters.start(job);
    if (start === 'unserved') throw new VanaError('no_broadcaster');
    if (start === 'full') throw new VanaError('too_many_connections');
    if (start === 'late') throw new VanaError('broadcaster_timeout');
    reply.hijack();
    if (start !== 'client_gone') this.broadcasters.pass(job, start);
  }
}

/** Trouble of servers that coming back can mend. */
function passes(error: VanaError): boolean {
  return error.retryable && error.status >= 500;
}

function queryOf(url: string): string {
  const start = url.indexOf('?');
  return start < 0 ? '' : url.slice(start);
}

/** Only what is a position: it is repeated to the client. */
function positionOf(request: FastifyRequest): string | undefined {
  const header = request.headers['last-event-id'];
  const { lastEventId } = request.query as { lastEventId?: unknown };
  const position = header === undefined || header === '' ? lastEventId : header;
  return typeof position === 'string' && parsePosition(position) !== undefined ? position : undefined;
}
