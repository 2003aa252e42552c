// What every relayed route does: who asks, may they read the session, then a broadcaster's answer.
import { VanaError, sessionKeyString, type Principal, type SessionKey } from '@vana/events';
import { clientPosition, closingBlock, type ConnectionQuota, type RequestAudit } from '@vana/front-door';
import type { SessionStore } from '@vana/run-state';
import { SSE_HEADERS } from '@vana/sse-wire';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CallTokens } from '../auth/call-tokens.js';
import { readableSession } from '../access/session-access.js';
import type { GatewayDrain } from '../drain/gateway-drain.js';
import type { BroadcasterRelay, RelayJob, RelayKind } from '../relay/broadcaster-relay.js';

export interface RelayedRequest {
  readonly kind: RelayKind;
  /** The broadcaster's path, made of checked parts. */
  readonly path: string;
  /** With its `?`; the request's own when absent. */
  readonly query?: string;
  readonly principal: Principal;
  /** Absent on routes over all sessions of the caller. */
  readonly session?: SessionKey;
}

/** Seconds after which a poll that was turned away may come again. */
const RETRY_AFTER_S = 5;

export interface SessionRelayParts {
  readonly sessions: Pick<SessionStore, 'get'>;
  readonly broadcasters: BroadcasterRelay;
  readonly connections: ConnectionQuota;
  readonly callTokens: CallTokens;
  readonly audit: RequestAudit;
  readonly drain: Pick<GatewayDrain, 'refusing'>;
}

export class SessionRelay {
  constructor(private readonly parts: SessionRelayParts) {}

  /** @throws VanaError before anything is sent; for event streams only what coming back cannot mend */
  async serve(asked: RelayedRequest, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    // Fastify offers HEAD for each GET; a stream's would never end.
    if (request.method !== 'GET') throw new VanaError('method_not_allowed');
    if (this.parts.drain.refusing) return turnAway(asked, new VanaError('shutting_down'), request, reply);
    const release = asked.kind === 'page' ? () => undefined : this.parts.connections.take(asked.principal, request.ip);
    if (release === undefined) return turnAway(asked, tooMany(), request, reply);
    reply.raw.once('close', release);
    try {
      await this.#relay(asked, request, reply);
    } catch (error) {
      release();
      if (!(error instanceof VanaError)) throw error;
      turnAway(asked, error, request, reply);
    }
  }

  async #relay(asked: RelayedRequest, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { kind, principal, session } = asked;
    const { sessions, broadcasters, callTokens } = this.parts;
    if (session !== undefined) {
      const state = await readableSession(sessions, session, principal);
      // Whether a reader with a position has had everything, a broadcaster knows (204).
      const mayBeDone = kind === 'stream' && clientPosition(request) !== undefined;
      if (state === 'deleted' && !mayBeDone) throw new VanaError('session_gone');
    }
    const job: RelayJob = {
      kind,
      routingKey: session === undefined ? `${principal.tenant}.${principal.id}` : sessionKeyString(session),
      target: asked.path + (asked.query ?? queryOf(request.url)),
      request: request.raw,
      response: reply.raw,
      bearer: await callTokens.of(principal),
      client: { requestId: request.id, address: request.ip, protocol: request.protocol, host: request.host },
    };
    const start = await broadcasters.start(job);
    if (start === 'unserved') throw new VanaError('no_broadcaster');
    if (start === 'full') throw tooMany();
    if (start === 'leaving') throw new VanaError('shutting_down');
    if (start === 'late') throw new VanaError('broadcaster_timeout');
    reply.hijack();
    if (start === 'client_gone') return;
    const isStream = kind === 'stream' && start.upstream.statusCode === 200;
    broadcasters.pass(isStream ? { ...job, onEnd: this.#audited(request, session) } : job, start);
  }

  /** Writes that a stream was opened; returns what writes its end. */
  #audited(request: FastifyRequest, session: SessionKey | undefined): NonNullable<RelayJob['onEnd']> {
    const { audit } = this.parts;
    const sinceMs = performance.now();
    const of = { session: session?.sessionId };
    audit.record('connect', request, of);
    return ({ by, reason = by }) =>
      audit.record('close', request, { ...of, reason, durationMs: performance.now() - sinceMs });
  }
}

const tooMany = () => new VanaError('too_many_connections', { details: { retryAfterS: RETRY_AFTER_S } });

/** An event stream's client is told of trouble that passes in a way that lets it come back. */
function turnAway({ kind }: RelayedRequest, error: VanaError, request: FastifyRequest, reply: FastifyReply): void {
  const full = error.code === 'too_many_connections';
  if (kind !== 'stream' || !(full || passes(error))) throw error;
  const reason = full ? 'too_many_connections' : error.code === 'shutting_down' ? 'drain' : 'upstream_unavailable';
  void reply
    .status(200)
    .headers(SSE_HEADERS)
    .send(closingBlock(reason, clientPosition(request)));
}

/** Trouble of servers that coming back can mend. */
function passes(error: VanaError): boolean {
  return error.retryable && error.status >= 500;
}

function queryOf(url: string): string {
  const start = url.indexOf('?');
  return start < 0 ? '' : url.slice(start);
}
