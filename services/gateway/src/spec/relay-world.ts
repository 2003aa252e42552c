// A front server with the relay in it, and broadcasters that a test scripts: all of them real HTTP servers.
import { createRegistry } from '@vana/observability';
import { rankBroadcasters, type BroadcasterBeat } from '@vana/routing';
import { FakeClock } from '@vana/test-kit';
import {
  createServer,
  get,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { BroadcasterRelay, type RelayKind, type RelayStart } from '../relay/broadcaster-relay.js';

const KEY = 'default.s1';
export const SSE = { 'content-type': 'text/event-stream; charset=utf-8' };
export const TIMES = { firstByteMs: 1_000, stallMs: 10_000 };

export class RelayWorld {
  readonly clock = new FakeClock();
  readonly registry = createRegistry('relay-spec');
  readonly metrics = new GatewayMetrics(this.registry);
  readonly relay: BroadcasterRelay;
  kind: RelayKind = 'stream';
  /** How the last request at the front was answered, and its ends. */
  started: RelayStart | undefined;
  upstream: IncomingMessage | undefined;
  downstream: ServerResponse | undefined;
  #pods: BroadcasterBeat[] = [];
  readonly #servers: Server[] = [];
  #frontUrl = '';
  #onSilent: (podId: string) => void = () => undefined;

  constructor() {
    const presence = {
      present: () => this.#pods,
      onSilent: (listener: (podId: string) => void) => {
        this.#onSilent = listener;
        return () => undefined;
      },
    };
    this.relay = new BroadcasterRelay(presence, this.clock, this.metrics, TIMES);
  }

  /**
   * @param broadcasters in the order in which the relay will ask them; `refused` is a port where nobody listens
   */
  async start(...broadcasters: (RequestListener | 'refused')[]): Promise<void> {
    const ids = broadcasters.map((_, n) => ({
      podId: `pod-${n}`,
      url: '',
      connections: 0,
      maxConnections: 10,
      draining: false,
    }));
    const order = rankBroadcasters(KEY, ids);
    for (const [n, listener] of broadcasters.entries()) {
      const url = listener === 'refused' ? await unusedUrl() : await this.#serve(listener);
      this.#pods.push({ ...order[n]!, url });
    }
    this.#frontUrl = await this.#serve((request, response) => void this.#front(request, response));
  }

  /** Resolves with the head of the front's answer. */
  ask(headers: Record<string, string> = {}, target = '/api/stream/s1?replay=all'): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      get(this.#frontUrl + target, { headers, agent: false }, resolve).on('error', reject);
    });
  }

  /** The broadcaster asked as the n-th is listed no more and stays where it is. */
  fallSilent(n: number): void {
    const [pod] = this.#pods.splice(n, 1);
    this.#onSilent(pod!.podId);
  }

  async count(metric: string): Promise<number> {
    const { values } = await this.registry.getSingleMetric(metric)!.get();
    return values.reduce((sum, { value }) => sum + value, 0);
  }

  async stop(): Promise<void> {
    this.relay.closeAll();
    await Promise.all(
      this.#servers.map((server) => {
        const closed = new Promise((resolve) => server.close(resolve));
        server.closeAllConnections();
        return closed;
      }),
    );
  }

  async #front(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.downstream = response;
    const address = request.socket.remoteAddress ?? '';
    const client = { requestId: 'r-1', address, protocol: 'http', host: request.headers.host ?? '' };
    const target = request.url ?? '';
    const job = { kind: this.kind, routingKey: KEY, target, request, response, client, bearer: 'call.to.ken' };
    this.started = await this.relay.start(job);
    if (typeof this.started === 'string') {
      response.writeHead(599, this.started).end();
    } else {
      this.upstream = this.started.upstream;
      this.relay.pass(job, this.started);
    }
  }

  async #serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    this.#servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return urlOf(server);
  }
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The address of a server that is closed already. */
async function unusedUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = urlOf(server);
  await new Promise((resolve) => server.close(resolve));
  return url;
}

/** All text up to the end of the body; `broken` when it did not end as announced. */
export async function readAll(message: IncomingMessage): Promise<{ text: string; broken: boolean }> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of message) chunks.push(chunk as Buffer);
    return { text: Buffer.concat(chunks).toString(), broken: !message.complete };
  } catch {
    return { text: Buffer.concat(chunks).toString(), broken: true };
  }
}

/** Resolves with the next chunk. */
export function nextChunk(message: IncomingMessage): Promise<string> {
  return new Promise((resolve) => message.once('data', (chunk: Buffer) => resolve(chunk.toString())));
}
