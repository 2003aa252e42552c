// Finds a broadcaster that answers and passes its answer on. Until the first byte has come another one can
// be asked; afterwards the client comes back by itself, with its position.
import { chooseBroadcaster, type Presence } from '@vana/routing';
import type { Clock } from '@vana/stream-core';
import { Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import type { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { askBroadcaster, type Asked, type AskTimes } from './ask-broadcaster.js';
import { ByteRelay } from './byte-relay.js';
import { farewell } from './farewell.js';
import { clientHeaders, upstreamHeaders } from './headers.js';

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
}

/** `unserved`: no broadcaster could. `late`: one took the request and did not answer in time. */
export type RelayStart =
  { readonly kind: 'answered'; readonly upstream: IncomingMessage } | 'unserved' | 'late' | 'client_gone';

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

  constructor(
    private readonly presence: Pick<Presence, 'present'>,
    private readonly clock: Clock,
    private readonly metrics: GatewayMetrics,
    private readonly times: RelayTimes,
  ) {}

  /** Asks one broadcaster after the other; resolves with the first answer that can be passed on. */
  async start(job: RelayJob): Promise<RelayStart> {
    const tried = new Set<string>();
    const headers = upstreamHeaders(job.request);
    const client = new AbortController();
    if (job.response.destroyed) return 'client_gone';
    job.response.once('close', () => client.abort());

    while (tried.size < MAX_ATTEMPTS) {
      const pod = chooseBroadcaster(job.routingKey, this.presence.present(), tried);
      if (pod === undefined) break;
      tried.add(pod.podId);
      const asked = await this.#ask(new URL(job.target, pod.url), headers, job.kind, client.signal);
      if (client.signal.aborted) return 'client_gone';
      if (asked.kind === 'late') return 'late';
      if (asked.kind === 'answered') {
        if (asked.response.statusCode !== 503) return { kind: 'answered', upstream: asked.response };
        asked.response.destroy();
      }
      this.metrics.failovers.inc({ reason: asked.kind === 'answered' ? 'unavailable' : asked.kind });
    }
    this.metrics.unserved.inc();
    return 'unserved';
  }

  /** Sends the answer's head at once, then its bytes as they come. */
  pass({ kind, response }: RelayJob, upstream: IncomingMessage): void {
    response.socket?.setNoDelay(true);
    response.writeHead(upstream.statusCode ?? 502, clientHeaders(upstream.headers));
    response.flushHeaders();
    this.metrics.openRelays.inc();
    const isStream = kind === 'stream' && upstream.statusCode === 200;
    const relay: ByteRelay = new ByteRelay(upstream, response, {
      clock: this.clock,
      stallMs: this.times.stallMs,
      onBytes: (count) => this.metrics.relayedBytes.inc(count),
      onEnd: (by) => {
        this.#open.delete(relay);
        this.metrics.openRelays.dec();
        this.metrics.relaysEnded.inc({ by });
      },
      farewell: isStream ? (why) => farewell(why === 'gateway' ? 'shutting_down' : 'upstream_unavailable') : undefined,
    });
    if (kind !== 'page') this.#open.add(relay);
  }

  /** Ends every stream and poll. */
  closeAll(): void {
    for (const relay of this.#open) relay.close();
  }

  #ask(url: URL, headers: ReturnType<typeof upstreamHeaders>, kind: RelayKind, signal: AbortSignal): Promise<Asked> {
    const headMs = HEAD_MS[kind];
    const times: AskTimes = { firstByteMs: this.times.firstByteMs, ...(headMs === undefined ? {} : { headMs }) };
    return askBroadcaster({ url, headers, times, agent: this.#agent, clock: this.clock, signal });
  }
}
