// Opens an event stream: room on the pod, the right to read, then the feed. After the head is sent there is
// no status code any more.
import { VanaError, parsePosition } from '@vana/events';
import type { RequestAudit } from '@vana/front-door';
import { POD_REFUSAL_HEADER } from '@vana/routing';
import { SSE_HEADERS, encodeRetry } from '@vana/sse-wire';
import type { Clock, EventLog, FeedTable } from '@vana/stream-core';
import type { FastifyReply } from 'fastify';
import type { OutgoingHttpHeaders } from 'node:http';
import type { SessionAccess } from '../access/session-access.js';
import type { OpenConnections } from '../connections/open-connections.js';
import type { ResumeBudget } from '../connections/resume-budget.js';
import type { ConnectionMetrics } from '../metrics/connection-metrics.js';
import type { LiveStreams } from '../token/live-streams.js';
import { echoedPosition } from './echoed-position.js';
import { refuseStream } from './refuse-stream.js';
import { jitteredMs } from './retry-times.js';
import { SseConnection } from './sse-connection.js';
import { StreamReader, type StreamTimes } from './stream-reader.js';
import type { StreamRequest } from './stream-request.js';

export interface StreamOpenerParts {
  readonly feeds: FeedTable;
  readonly log: EventLog;
  readonly access: SessionAccess;
  readonly connections: OpenConnections;
  readonly resumes: ResumeBudget;
  readonly liveStreams: LiveStreams;
  readonly metrics: ConnectionMetrics;
  readonly clock: Clock;
  readonly times: StreamTimes;
  /** Clients come without a gateway, which would ask another pod when this one cannot. */
  readonly exposed: boolean;
}

export class StreamOpener {
  /** Of an exposed broadcaster; elsewhere the gateway tells. */
  audit: RequestAudit | undefined;

  constructor(private readonly parts: StreamOpenerParts) {}

  /** @throws VanaError session_not_found | session_gone | store_unavailable | bus_unavailable, before anything is sent */
  async open(request: StreamRequest, reply: FastifyReply): Promise<void> {
    try {
      await this.#open(request, reply);
    } catch (error) {
      // A native EventSource that gets an error status never comes back: trouble that passes is told on a 200.
      const passes = error instanceof VanaError && error.retryable && error.status >= 500;
      if (!this.parts.exposed || !passes) throw error;
      this.parts.metrics.refused(request.route, 'upstream_unavailable');
      void reply.header(POD_REFUSAL_HEADER, error.code);
      refuseStream(reply, 'upstream_unavailable', request.position);
    }
  }

  async #open(request: StreamRequest, reply: FastifyReply): Promise<void> {
    if (this.#refused(request, reply)) return;
    const state = await this.parts.access.check(request.session, request.principal, (found) => {
      // Asked again: others may have come while the store was asked.
      const turnedAway = found !== 'open' || this.#refused(request, reply) || this.#deferred(request, reply);
      if (!turnedAway) this.#begin(request, reply);
      return found;
    });
    if (state === 'deleted') await this.#answerDeleted(request, reply);
  }

  #refused({ principal, route, position }: StreamRequest, reply: FastifyReply): boolean {
    const refusal = this.parts.connections.refusal(principal);
    if (refusal === undefined) return false;
    this.parts.metrics.refused(route, refusal);
    if (this.parts.connections.turnsEverybodyAway) void reply.header(POD_REFUSAL_HEADER, refusal);
    refuseStream(reply, refusal, position);
    return true;
  }

  /** Too many resume at once: this one is asked to come back. What memory serves costs nothing and always may. */
  #deferred({ session, route, position }: StreamRequest, reply: FastifyReply): boolean {
    const { feeds, metrics, resumes } = this.parts;
    if (position === undefined || feeds.covers(session, position) || resumes.take()) return false;
    metrics.deferred(route);
    refuseStream(reply, 'too_many_connections', position, 'resuming');
    return true;
  }

  #begin(request: StreamRequest, reply: FastifyReply): void {
    const { feeds, log, connections, liveStreams, metrics, clock, times } = this.parts;
    const { session, principal, route, errorEvent, position, replay, merge, delivery, channels } = request;
    // Fastify answers HEAD by the GET handler: the head alone, and no reader.
    if (reply.request.method === 'HEAD') return void reply.headers(SSE_HEADERS).send();
    const { audit } = this;
    const openedAtMs = clock.now();
    reply.hijack();
    const connection = new SseConnection(reply.raw);
    if (!connection.isOpen) return;
    const reader = new StreamReader(connection, {
      session,
      principal,
      route,
      clientPosition: echoedPosition(position),
      errorEvent,
      epoch: () => log.epoch,
      times,
      clock,
      onClosed: (reason) => {
        connections.remove(reader);
        liveStreams.remove(connectionId);
        metrics.closed(route, reason);
        audit?.record('close', reply.request, { reason, durationMs: clock.now() - openedAtMs });
      },
    });
    connections.add(reader);
    const connectionId = liveStreams.add(reader);
    metrics.opened(route);
    audit?.record('connect', reply.request);
    connection.open(reply.getHeaders() as OutgoingHttpHeaders, encodeRetry(jitteredMs('usual')), reader);
    const authenticated = principal.anonymous !== true;
    const attach = { position, replay, merge, delivery, channels, connectionId, authenticated };
    reader.follow(feeds.attach(session, attach, reader));
  }

  /** 204 stops a native EventSource that has had everything, `end` included. */
  async #answerDeleted({ session, position }: StreamRequest, reply: FastifyReply): Promise<void> {
    const { log } = this.parts;
    const at = position === undefined ? undefined : parsePosition(position);
    if (at?.epoch !== log.epoch || at.seq < (await log.lastSeq(session))) throw new VanaError('session_gone');
    void reply.status(204).header('cache-control', 'no-store').send();
  }
}
