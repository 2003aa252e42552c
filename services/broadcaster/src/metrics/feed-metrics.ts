// What the feeds tell of themselves, as metrics and log lines. Labels never name a session; log lines do.
import type { CloseReason, ErrorCategory, GapReason, SessionKey } from '@vana/events';
import type { Logger, Registry } from '@vana/observability';
import type { FeedObserver, FeedTable, HealSource } from '@vana/stream-core';
import { Counter, Gauge } from 'prom-client';

export class FeedMetrics implements FeedObserver {
  readonly #deliveries: Counter;
  readonly #bytes: Counter;
  readonly #verdicts: Counter<'verdict'>;
  readonly #healed: Counter<'source'>;
  readonly #gaps: Counter<'reason'>;
  readonly #liveDropped: Counter<'reason'>;
  readonly #historyFailures: Counter<'operation'>;
  readonly #feedFailures: Counter<'category'>;
  readonly #readersDetached: Counter<'reason'>;
  readonly #eventsExpired: Counter;
  readonly #feedsReleased: Counter;

  constructor(
    private readonly registry: Registry,
    private readonly logger: Logger,
  ) {
    this.#deliveries = this.#counter('events_delivered_total', 'Events written, one for each reader of each.');
    this.#bytes = this.#counter('event_bytes_total', 'Bytes of the delivered events.');
    this.#verdicts = this.#counter('resumes_total', 'Readers by the verdict on their position.', 'verdict');
    this.#healed = this.#counter('events_healed_total', 'Events that were not delivered live, by source.', 'source');
    this.#gaps = this.#counter('gaps_total', 'Gaps found, by reason.', 'reason');
    this.#liveDropped = this.#counter('live_dropped_total', 'Live copies that were not used, by reason.', 'reason');
    this.#historyFailures = this.#counter('history_failures_total', 'Failed calls of the history cache.', 'operation');
    this.#feedFailures = this.#counter('feed_failures_total', 'Feeds that failed and were rebuilt.', 'category');
    this.#readersDetached = this.#counter('readers_detached_total', 'Readers that left their feed.', 'reason');
    this.#eventsExpired = this.#counter('events_expired_total', 'Events dropped from memory because of their age.');
    this.#feedsReleased = this.#counter('feeds_released_total', 'Feeds released because nobody read them.');
  }

  /** Gauges of the table's present state, read at each scrape. */
  watch(feeds: Pick<FeedTable, 'stats'>): void {
    const gauges = {
      feeds: 'Session feeds in memory.',
      readers: 'Readers of all feeds.',
      ringEntries: 'Events in the rings.',
      ringBytes: 'Bytes of the frames in the rings.',
    } as const;
    for (const [key, help] of Object.entries(gauges) as [keyof typeof gauges, string][]) {
      const name = `vana_broadcaster_${key.replace(/[A-Z]/, (letter) => `_${letter.toLowerCase()}`)}`;
      new Gauge({ name, help, registers: [this.registry], collect: gaugeOf(() => feeds.stats()[key]) });
    }
  }

  swept(released: { readonly feedsReleased: number; readonly eventsExpired: number }): void {
    this.#feedsReleased.inc(released.feedsReleased);
    this.#eventsExpired.inc(released.eventsExpired);
  }

  feedOpened(session: SessionKey): void {
    this.logger.debug({ session }, 'feed opened');
  }

  feedClosed(session: SessionKey): void {
    this.logger.debug({ session }, 'feed closed');
  }

  feedFailed(session: SessionKey, category: ErrorCategory, error: unknown): void {
    this.#feedFailures.inc({ category });
    this.logger.error({ session, category, err: error }, 'feed failed, it is being rebuilt');
  }

  readerAttached(_session: SessionKey, verdict: 'fresh' | 'resumed' | 'partial' | 'reset'): void {
    this.#verdicts.inc({ verdict });
  }

  readerDetached(_session: SessionKey, reason: CloseReason | 'ended' | 'left'): void {
    this.#readersDetached.inc({ reason });
  }

  healed(_session: SessionKey, source: HealSource, count: number): void {
    this.#healed.inc({ source }, count);
  }

  gap(session: SessionKey, reason: GapReason): void {
    this.#gaps.inc({ reason });
    this.logger.warn({ session, reason }, 'gap');
  }

  liveDropped(_session: SessionKey, reason: 'duplicate' | 'not_in_log' | 'overflow'): void {
    this.#liveDropped.inc({ reason });
  }

  historyFailed(session: SessionKey, operation: 'read' | 'append', error: unknown): void {
    this.#historyFailures.inc({ operation });
    this.logger.warn({ session, operation, err: error }, 'history failed, the log serves instead');
  }

  delivered(_session: SessionKey, deliveries: number, bytes: number): void {
    this.#deliveries.inc(deliveries);
    this.#bytes.inc(bytes);
  }

  #counter<L extends string = never>(name: string, help: string, ...labelNames: L[]): Counter<L> {
    return new Counter({ name: `vana_broadcaster_${name}`, help, labelNames, registers: [this.registry] });
  }
}

function gaugeOf(value: () => number): (this: Gauge) => void {
  return function () {
    this.set(value());
  };
}
