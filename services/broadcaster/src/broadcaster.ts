// The parts of a broadcaster put together, without HTTP: feeds, open connections, the wheel, the sweep, and
// what a change of a session does to its readers.
import type { CloseReason } from '@vana/events';
import type { RequestAudit } from '@vana/front-door';
import { mayRead, type SessionRecord } from '@vana/run-state';
import { systemClock } from '@vana/observability';
import { DEFAULT_FEED_LIMITS, FeedTable, type Clock, type FeedLimits } from '@vana/stream-core';
import { SessionAccess } from './access/session-access.js';
import type { AppParts } from './app.module.js';
import { every } from './connections/every.js';
import { OpenConnections } from './connections/open-connections.js';
import { ResumeBudget } from './connections/resume-budget.js';
import { ConnectionMetrics } from './metrics/connection-metrics.js';
import { FeedMetrics } from './metrics/feed-metrics.js';
import { Polls } from './poll/polls.js';
import type { BroadcasterPorts } from './ports.js';
import { AgentHistory } from './replay/agent-history.js';
import { EventPages } from './replay/event-pages.js';
import { cutRevoked } from './revocation/cut-revoked.js';
import type { BroadcasterSettings } from './settings.js';
import { SSE_FRAME_ENCODER } from './sse/frame-encoder.js';
import { StreamOpener } from './sse/stream-opener.js';
import { LiveStreams } from './token/live-streams.js';

const WHEEL_TURN_MS = 1_000;
const MAX_BUFFERED_BYTES = 1024 * 1024;
const UNDRAINED_MS = 10_000;

function feedLimitsOf(settings: BroadcasterSettings): FeedLimits {
  return {
    ...DEFAULT_FEED_LIMITS,
    ringCapacity: settings.maxQueueSize,
    historyLimit: settings.maxHistoryPerSession,
    eventTtlMs: settings.eventTtlMs,
    idleMs: settings.sessionTtlMs,
  };
}

export class Broadcaster {
  readonly connections: OpenConnections;
  /** What the routes call. */
  readonly parts: AppParts;
  readonly #feeds: FeedTable;
  readonly #access: SessionAccess;
  readonly #clock: Clock;
  readonly #feedMetrics: FeedMetrics;
  readonly #stops: (() => void)[] = [];

  constructor(
    private readonly ports: BroadcasterPorts,
    private readonly settings: BroadcasterSettings,
    podId: string,
  ) {
    const { log, history, sessions, logger, registry, clock = systemClock, encoder = SSE_FRAME_ENCODER } = ports;
    this.#clock = clock;
    this.#feedMetrics = new FeedMetrics(registry, logger);
    this.#feeds = new FeedTable({ log, history, clock, encoder, observer: this.#feedMetrics }, feedLimitsOf(settings));
    this.#feedMetrics.watch(this.#feeds);
    this.#access = new SessionAccess(sessions, ports.revocations, clock);
    this.connections = new OpenConnections(settings, (error) => {
      logger.error({ err: error }, 'connection failed, it is cut off');
    });
    const times = {
      heartbeatMs: settings.heartbeatMs,
      maxBufferedBytes: MAX_BUFFERED_BYTES,
      undrainedMs: UNDRAINED_MS,
    };
    const liveStreams = new LiveStreams(podId);
    const shared = {
      feeds: this.#feeds,
      log,
      access: this.#access,
      connections: this.connections,
      resumes: new ResumeBudget(settings, clock),
      metrics: new ConnectionMetrics(registry),
      clock,
    };
    this.parts = {
      streams: new StreamOpener({ ...shared, liveStreams, times, exposed: settings.exposed }),
      polls: new Polls(shared),
      pages: new EventPages(this.#feeds, log, this.#access, this.connections),
      liveStreams,
      agentHistory: new AgentHistory(sessions, log, clock, this.connections),
    };
  }

  /** Streams are told of there from now on. */
  auditTo(audit: RequestAudit): void {
    this.parts.streams.audit = audit;
  }

  start(): void {
    const { sessions, revocations } = this.ports;
    this.#stops.push(
      sessions.onChange((record) => this.#sessionChanged(record)),
      cutRevoked(this.connections, revocations),
      every(this.#clock, WHEEL_TURN_MS, (nowMs) => this.connections.turn(nowMs)),
      every(this.#clock, this.settings.cleanupIntervalMs, () => this.#sweep()),
    );
  }

  /** Lets nobody in any more and tells everybody to go, one after the other. Resolves when all have been told. */
  async drain(reason: CloseReason): Promise<void> {
    this.connections.drain();
    await this.connections.closeAll(reason, { overMs: this.settings.drainMs, clock: this.#clock });
  }

  /** Resolves when history has been written, or could not be. */
  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop();
    this.connections.destroyAll();
    await this.#feeds.close();
  }

  #sessionChanged(record: SessionRecord): void {
    this.#access.changed(record);
    if (record.deletedAtMs !== undefined) return this.#feeds.endSession(record, 'deleted');
    for (const connection of this.connections.ofSession(record)) {
      if (!mayRead(record, connection.principal)) connection.closeWith('unshared');
    }
  }

  #sweep(): void {
    try {
      const released = this.#feeds.sweep();
      this.#feedMetrics.swept(released);
      this.ports.logger.debug(released, 'swept');
    } catch (error) {
      this.ports.logger.error({ err: error }, 'sweep failed');
    }
  }
}
