// Finds a broadcaster that answers and passes its answer on. Until the first byte has come another one can
// be asked; afterwards the client comes back by itself, with its position.
import { closingBlock } from '@vana/front-door';
import {
  CLOSED_TRAILER,
  POD_REFUSAL_HEADER,
  chooseBroadcaster,
  type BroadcasterBeat,
  type Presence,
} from '@vana/routing';
import { spread, type SpreadOptions } from '@vana/observability';
import type { Clock } from '@vana/stream-core';
import { Agent, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import type { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { askBroadcaster, type Asked, type AskTimes } from './ask-broadcaster.js';
import { ByteRelay, type RelayEnd } from './byte-relay.js';
import { clientHeaders, upstreamHeaders, type ClientFacts } from './headers.js';
import { hasLeft } from './has-left.js';
import { SilentPods } from './silent-pods.js';

/** `stream`: an event stream. `page`: an answer that is being made. `poll`: one that waits for events. */
export type RelayKind = 'stream' | 'page' | 'poll';

export interface RelayJob {
  readonly kind: RelayKind;
  /** What sticks to a broadcaster: `<tenant>.<session>`. */
  readonly routingKey: string;
  /** Path and query of the broadcaster's route. */
  readonly target: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly client: ClientFacts;
  /** Token of the call to the broadcaster: the client's own stays here. */
  readonly bearer: string;
  /** Told once, when everything has been passed on or nothing more will be. */
  readonly onEnd?: (ending: RelayEnding) => void;
}

interface RelayEnding {
  readonly by: RelayEnd;
  /** What the broadcaster said of it, where it ended the answer. */
  readonly reason: string | undefined;
}

export interface RelayAnswer {
  readonly kind: 'answered';
  readonly upstream: IncomingMessage;
  readonly podId: string;
}

/**
 * `unserved`: no broadcaster could. `full`: all that were asked have no room. `late`: one did not answer in time.
 * `leaving`: this gateway is stopping, and the poll would have waited for too long.
 */
export type RelayStart = RelayAnswer | 'unserved' | 'full' | 'late' | 'leaving' | 'client_gone';

export interface RelayTimes {
  /** Milliseconds until the next broadcaster is asked. */
  readonly firstByteMs: number;
  readonly stallMs: number;
}

/** A poll answers after its `wait`, of at most a minute; a page may have to be read from the log. */
const HEAD_MS: Readonly<Record<RelayKind, number | undefined>> = { stream: undefined, page: 10_000, poll: 75_000 };
/** More would keep the client waiting for longer than coming back takes. */
const MAX_ATTEMPTS = 4;

export class BroadcasterRelay {
  readonly #agent = new Agent({ keepAlive: false });
  /** Those that the gateway ends when it stops; a page is let finish. */
  readonly #open = new Set<ByteRelay>();
  readonly #silent: SilentPods;
  readonly #leaving = new AbortController();

  constructor(
    private readonly presence: Pick<Presence, 'present' | 'onSilent'>,
    private readonly clock: Clock,
    private readonly metrics: GatewayMetrics,
    private readonly times: RelayTimes,
  ) {
    this.#silent = new SilentPods(presence);
  }

  /** Asks one broadcaster after the other; resolves with the first answer that can be passed on. */
  async start(job: RelayJob): Promise<RelayStart> {
    const tried = new Set<string>();
    const headers = upstreamHeaders(job.request, job.client, job.bearer);
    const client = new AbortController();
    if (hasLeft(job.response)) return 'client_gone';
    job.response.once('close', () => client.abort());
    let full = false;

    while (tried.size < MAX_ATTEMPTS) {
      if (job.kind === 'poll' && this.#leaving.signal.aborted) return 'leaving';
      const pod = chooseBroadcaster(job.routingKey, this.presence.present(), tried);
      if (pod === undefined) break;
      tried.add(pod.podId);
      const asked = await this.#ask(pod, job, headers, client.signal);
      if (client.signal.aborted) return 'client_gone';
      if (asked.kind === 'late') return 'late';
      if (asked.kind === 'answered') {
        const { response: upstream } = asked;
        const refused = upstream.headers[POD_REFUSAL_HEADER] !== undefined;
        if (!refused && upstream.statusCode !== 503) return { kind: 'answered', upstream, podId: pod.podId };
        full ||= refused;
        upstream.destroy();
      }
      this.metrics.failovers.inc({ reason: asked.kind === 'answered' ? 'unavailable' : asked.kind });
    }
    this.metrics.unserved.inc();
    return full ? 'full' : 'unserved';
  }

  /** Sends the answer's head at once, then its bytes as they come. */
  pass({ kind, response, onEnd }: RelayJob, { upstream, podId }: RelayAnswer): void {
    // Whoever comes back connects anew, and can so reach another pod (HTTP/1; on HTTP/2 there is no such header).
    if (kind === 'stream') response.shouldKeepAlive = false;
    response.writeHead(upstream.statusCode ?? 502, clientHeaders(upstream.headers));
    response.flushHeaders();
    this.metrics.openRelays.inc();
    const isStream = kind === 'stream' && upstream.statusCode === 200;
    const unwatch = this.#silent.watch(podId, () => relay.leaveSilentBroadcaster());
    const relay: ByteRelay = new ByteRelay(upstream, response, {
      clock: this.clock,
      stallMs: this.times.stallMs,
      onBytes: (count) => this.metrics.relayedBytes.inc(count),
      onEnd: (by) => {
        this.#open.delete(relay);
        unwatch();
        this.metrics.openRelays.dec();
        this.metrics.relaysEnded.inc({ by });
        const reason = upstream.trailers[CLOSED_TRAILER];
        onEnd?.({ by, reason: by === 'broadcaster' ? reason : undefined });
      },
      farewell: isStream ? (why) => closingBlock(why === 'gateway' ? 'drain' : 'upstream_unavailable') : undefined,
    });
    if (kind !== 'page') this.#open.add(relay);
    if (this.#leaving.signal.aborted) void relay.leave();
  }

  /**
   * Lets the streams that are open now go, evenly over a time and each where a frame has ended; ends polls that wait.
   * Those that still come are let go at once. Resolves when all have gone.
   */
  async drain(over: SpreadOptions): Promise<void> {
    this.#leaving.abort();
    const left: Promise<void>[] = [];
    await spread([...this.#open], (relay) => left.push(relay.leave()), over);
    await Promise.all(left);
  }

  /** Ends every stream and poll. */
  closeAll(): void {
    this.#silent.close();
    for (const relay of this.#open) relay.close();
  }

  /** A pod that falls silent while it is asked is given up like one that does not answer. */
  async #ask(
    { podId, url }: BroadcasterBeat,
    { kind, target }: RelayJob,
    headers: OutgoingHttpHeaders,
    client: AbortSignal,
  ): Promise<Asked> {
    const headMs = HEAD_MS[kind];
    const times: AskTimes = { firstByteMs: this.times.firstByteMs, ...(headMs === undefined ? {} : { headMs }) };
    const silent = new AbortController();
    const giveUp = (): void => silent.abort();
    const unwatch = this.#silent.watch(podId, giveUp);
    if (kind === 'poll') this.#leaving.signal.addEventListener('abort', giveUp);
    const asked = await askBroadcaster({
      url: new URL(target, url),
      headers,
      times,
      agent: this.#agent,
      clock: this.clock,
      client,
      silent: silent.signal,
    });
    unwatch();
    this.#leaving.signal.removeEventListener('abort', giveUp);
    return asked;
  }
}
