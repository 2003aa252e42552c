// Answers polls: room on the pod, the right to read, then a reader that ends with its first news.
import { VanaError, type Channel, type PollAnswer, type Principal, type SessionKey } from '@vana/events';
import { POD_REFUSAL_HEADER } from '@vana/routing';
import type { Clock, EventLog, FeedTable, ReplayMode } from '@vana/stream-core';
import type { FastifyReply } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { SessionAccess } from '../access/session-access.js';
import type { OpenConnections } from '../connections/open-connections.js';
import type { ResumeBudget } from '../connections/resume-budget.js';
import type { ConnectionMetrics } from '../metrics/connection-metrics.js';
import { jitteredMs } from '../sse/retry-times.js';
import { PollReader, type PollOutcome } from './poll-reader.js';

export interface PollRequest {
  readonly session: SessionKey;
  readonly principal: Principal;
  readonly position: string | undefined;
  readonly replay: ReplayMode;
  readonly merge: boolean;
  readonly channels: ReadonlySet<Channel>;
  readonly waitMs: number;
}

export interface PollParts {
  readonly feeds: FeedTable;
  readonly log: EventLog;
  readonly access: SessionAccess;
  readonly connections: OpenConnections;
  readonly resumes: ResumeBudget;
  readonly metrics: ConnectionMetrics;
  readonly clock: Clock;
}

/** Seconds after which a client that was turned away may ask again. */
const RETRY_AFTER_S = 5;

export class Polls {
  constructor(private readonly parts: PollParts) {}

  /**
   * @returns `undefined` when the client has left meanwhile
   * @throws VanaError session_not_found | session_gone | too_many_connections | shutting_down |
   * store_unavailable | bus_unavailable (the feed could not be opened)
   */
  async answer(request: PollRequest, reply: FastifyReply): Promise<PollAnswer | undefined> {
    const { access } = this.parts;
    const begin = (): Promise<PollOutcome> => {
      this.#assertRoom(request.principal, reply);
      this.#assertMayResume(request, reply);
      return this.#begin(request, reply);
    };
    this.#assertRoom(request.principal, reply);
    const outcome = await access.checkOpen(request.session, request.principal, begin);
    if (outcome === 'not_ready') throw new VanaError('bus_unavailable');
    if (outcome === 'left') return undefined;
    void reply.header('cache-control', 'no-store');
    return outcome;
  }

  #assertRoom(principal: Principal, reply: FastifyReply): void {
    const refusal = this.parts.connections.refusal(principal);
    if (refusal === undefined) return;
    this.parts.metrics.refused('poll', refusal);
    if (this.parts.connections.turnsEverybodyAway) void reply.header(POD_REFUSAL_HEADER, refusal);
    void reply.header('retry-after', RETRY_AFTER_S);
    throw new VanaError(refusal === 'drain' ? 'shutting_down' : refusal);
  }

  /** As with streams; a client of polls reads `Retry-After`. */
  #assertMayResume({ session, position }: PollRequest, reply: FastifyReply): void {
    const { feeds, metrics, resumes } = this.parts;
    if (position === undefined || feeds.covers(session, position) || resumes.take()) return;
    metrics.deferred('poll');
    void reply.header('retry-after', Math.ceil(jitteredMs('resuming') / 1_000));
    throw new VanaError('too_many_connections');
  }

  async #begin(request: PollRequest, reply: FastifyReply): Promise<PollOutcome> {
    const { feeds, log, connections, metrics, clock } = this.parts;
    const { session, principal, position, replay, merge, channels, waitMs } = request;
    if (reply.raw.destroyed) return 'left';
    const deadlineMs = clock.now() + waitMs;
    const reader = new PollReader({ session, principal, epoch: () => log.epoch, clock, deadlineMs });
    connections.add(reader);
    metrics.opened('poll');
    reply.raw.once('close', () => reader.destroy());
    const authenticated = principal.anonymous !== true;
    const connectionId = randomUUID();
    reader.follow(feeds.attach(session, { position, replay, merge, channels, connectionId, authenticated }, reader));
    const outcome = await reader.outcome;
    connections.remove(reader);
    metrics.closed('poll', typeof outcome === 'object' ? (outcome.closing?.reason ?? 'answered') : outcome);
    return outcome;
  }
}
