// Many readers of a few sessions, with writers at a steady pace: the crowd that figures are measured on.
import { NatsEventPublisher } from '@vana/event-bus-nats';
import { SCHEMA_VERSION, type SessionKey } from '@vana/events';
import type { NatsConnection } from '@nats-io/transport-node';
import { Follower } from '../clients/follower.js';
import { rawConnection } from '../clients/raw-connection.js';
import { ALL_CHANNELS } from '../clients/sse-target.js';
import { GatewayApi } from '../load/gateway-api.js';
import { keyOf } from '../oracle/judge-stream.js';
import { Seeded } from '../seeded.js';
import { sleep, until } from '../waiting.js';
import type { World } from '../world/world.js';

const OPEN_MS = 60_000;
/** Connections opened at once: a machine that is asked for more drops some. */
const WAVE = 100;

export interface CrowdSize {
  readonly sessions: number;
  readonly readers: number;
  /** Per session. */
  readonly eventsPerSecond: number;
}

export interface PublishTime {
  readonly atMs: number;
  readonly tookMs: number;
}

export class Crowd {
  readonly sessions: SessionKey[] = [];
  readonly readers: Follower[] = [];
  readonly published: PublishTime[] = [];
  readonly random = new Seeded(7);
  readonly api: GatewayApi;
  #publisher: NatsEventPublisher | undefined;
  #writing: Promise<void>[] = [];
  #stopped = false;
  #count = 0;

  private constructor(
    readonly world: World,
    readonly nats: NatsConnection,
  ) {
    this.api = new GatewayApi(world, this.random.fork('api'));
  }

  static async gather(world: World, size: CrowdSize): Promise<Crowd> {
    const crowd = new Crowd(world, await world.connectNats('figures'));
    crowd.#publisher = await NatsEventPublisher.open(crowd.nats);
    const run = Date.now().toString(36);
    for (let n = 0; n < size.sessions; n++) crowd.sessions.push({ tenant: 't0', sessionId: `c${run}-${n}` });
    await Promise.all(crowd.sessions.map((session) => crowd.api.createSession(session)));
    const perSession = Math.ceil(size.readers / size.sessions);
    for (const session of crowd.sessions) {
      for (let n = 0; n < perSession && crowd.readers.length < size.readers; n++) {
        crowd.readers.push(await crowd.reader(session, () => crowd.api.gateway()));
      }
    }
    for (let n = 0; n < crowd.readers.length; n += WAVE) {
      const wave = crowd.readers.slice(n, n + WAVE);
      for (const reader of wave) reader.start();
      await until(() => wave.every(({ caughtUp }) => caughtUp), OPEN_MS);
    }
    if (!crowd.readers.every(({ caughtUp }) => caughtUp)) throw new Error('not all readers came up');
    crowd.#writing = crowd.sessions.map((session) => crowd.#write(session, size.eventsPerSecond));
    return crowd;
  }

  async reader(session: SessionKey, base: () => string): Promise<Follower> {
    const token = await this.api.token(session.tenant);
    const target = { base, path: `/api/stream/${session.sessionId}`, token, query: {} };
    const rest = { session: keyOf(session), channels: ALL_CHANNELS, adaptive: false };
    return new Follower({ name: session.sessionId, target, connect: rawConnection, ...rest });
  }

  /** Delivery times of events that were published in the last `windowMs`: publish call to block, milliseconds. */
  latencies(windowMs: number): number[] {
    const sinceMs = performance.now() - windowMs;
    return this.readers.flatMap(({ blocks }) => {
      const found: number[] = [];
      for (let n = blocks.length - 1; n >= 0 && blocks[n]!.atMs >= sinceMs; n--) {
        const sent = /"sentMs":([\d.]+)/.exec(blocks[n]!.data)?.[1];
        if (sent !== undefined && Number(sent) >= sinceMs) found.push(blocks[n]!.atMs - Number(sent));
      }
      return found;
    });
  }

  async publish(session: SessionKey, fillerBytes = 200): Promise<void> {
    const startedMs = performance.now();
    const data = { sentMs: startedMs, filler: 'x'.repeat(fillerBytes) };
    const event = { type: 'x.faults.note', channel: 'chat' as const, sessionId: session.sessionId, data };
    const rest = { schemaVersion: SCHEMA_VERSION, id: `c${this.#count++}`, createdAt: new Date().toISOString() };
    await this.#publisher!.publish(session, { ...event, ...rest });
    const atMs = performance.now();
    this.published.push({ atMs, tookMs: atMs - startedMs });
  }

  async disband(): Promise<void> {
    this.#stopped = true;
    for (const reader of this.readers) reader.stop();
    await Promise.all(this.#writing);
    this.#publisher?.close();
    await this.nats.close();
  }

  async #write(session: SessionKey, eventsPerSecond: number): Promise<void> {
    await sleep(this.random.between(0, 1_000));
    while (!this.#stopped) {
      const startedMs = performance.now();
      // A publish that fails is tried again by the next one: here only times are of interest.
      await this.publish(session).catch(() => undefined);
      await sleep(Math.max(1, 1_000 / eventsPerSecond - (performance.now() - startedMs)));
    }
  }
}

/** For every reader whose connection ended after `sinceMs`: how long until it was resumed. `undefined`: not yet. */
export function resumeTimes(readers: readonly Follower[], sinceMs: number): (number | undefined)[] {
  return readers.flatMap(({ endings, verdictTimes }) =>
    endings
      .filter((endedMs) => endedMs >= sinceMs)
      .map((endedMs) => {
        const resumedMs = verdictTimes.find((atMs) => atMs > endedMs);
        return resumedMs === undefined ? undefined : resumedMs - endedMs;
      }),
  );
}
