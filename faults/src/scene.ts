// One run: sessions, clients that follow them, writers, a schedule of faults, and at the end the oracle.
import { ensureEventStream, NatsEventPublisher } from '@vana/event-bus-nats';
import { EVENT_STREAM, eventSubject, type SessionKey } from '@vana/events';
import { startTcpProxy, type TcpProxy } from '@vana/test-kit/servers';
import type { NatsConnection } from '@nats-io/transport-node';
import { jetstreamManager } from '@nats-io/jetstream';
import { openClients } from './clients/client-mix.js';
import type { Follower } from './clients/follower.js';
import type { FaultClass, Injection, Load } from './classes/fault-class.js';
import { RunStarter } from './load/run-starter.js';
import { EventMix } from './load/event-mix.js';
import { SessionWriter } from './load/session-writer.js';
import { GatewayApi } from './load/gateway-api.js';
import { keyOf } from './oracle/judge-stream.js';
import type { StreamRead } from './oracle/stored.js';
import { Seeded } from './seeded.js';
import { persistently, sleep, until } from './waiting.js';
import type { World } from './world/world.js';

const DEFAULT_LOAD: Load = {
  sessions: 6,
  clientsPerSession: 5,
  eventsPerSecond: 40,
  runSessions: 1,
  runEvents: 120,
  behindProxies: false,
};
const CATCH_UP_MS = 40_000;
/** A server that has just come back answers within this time. */
const SERVER_MS = 20_000;
const AFTERMATH_MS = 700;

export class Scene {
  readonly sessions: SessionKey[] = [];
  readonly runSessions: SessionKey[] = [];
  readonly clients: Follower[] = [];
  readonly writers: SessionWriter[] = [];
  /** The stream's lives before this one. */
  readonly earlierLives: StreamRead[] = [];
  readonly api: GatewayApi;
  readonly runs: RunStarter;
  /** Sequences that nobody's publisher has stored: garbage and forgeries of ours. */
  readonly poison = new Set<number>();
  /** One before each gateway, where the class asks for them. */
  readonly clientLines: TcpProxy[] = [];
  readonly load: Load;
  firstSeq = 1;
  /** The load's begin, on performance.now()'s clock. */
  startedMs = 0;
  #publishers: NatsEventPublisher[] = [];

  private constructor(
    readonly world: World,
    readonly faultClass: FaultClass,
    readonly seed: number,
    readonly random: Seeded,
    readonly nats: NatsConnection,
  ) {
    this.load = { ...DEFAULT_LOAD, ...faultClass.load };
    this.api = new GatewayApi(world, random.fork('api'));
    this.runs = new RunStarter(this.api, this.load.runEvents);
  }

  static async open(world: World, faultClass: FaultClass, seed: number): Promise<Scene> {
    const nats = await world.connectNats('faults');
    const scene = new Scene(world, faultClass, seed, new Seeded(seed * 31 + faultClass.number), nats);
    try {
      await scene.#open();
      return scene;
    } catch (error) {
      await scene.close();
      throw error;
    }
  }

  async #open(): Promise<void> {
    const { world, seed, faultClass, load, random } = this;
    await ensureEventStream(this.nats, world.shape === 'replicated' ? { replicas: 3 } : {});
    this.firstSeq = (await this.lastSeq()) + 1;
    // Two publishers on connections of their own; sessions with the same name in two tenants.
    for (let n = 0; n < 2; n++) this.#publishers.push(await this.openPublisher(`faults-writer-${n + 1}`));
    const run = `${faultClass.number}-${seed}-${Date.now().toString(36)}`;
    for (let n = 0; n < load.sessions; n++) {
      this.sessions.push({ tenant: `t${n % 2}`, sessionId: `f${run}-${Math.floor(n / 2)}` });
    }
    for (let n = 0; n < load.runSessions; n++) this.runSessions.push({ tenant: 't0', sessionId: `r${run}-${n}` });
    await Promise.all([...this.sessions, ...this.runSessions].map((session) => this.api.createSession(session)));
    for (const [n, session] of this.sessions.entries()) {
      const publisher = this.#publishers[n % 2]!;
      this.writers.push(new SessionWriter(publisher, session, random.fork(keyOf(session) + String(n))));
    }
    if (load.behindProxies) {
      for (const { url } of world.gateways) this.clientLines.push(await startTcpProxy(Number(new URL(url).port)));
    }
    this.clients.push(...(await openClients(this)));
    for (const client of this.clients) client.start();
    const ready = await until(() => this.clients.every((client) => client.caughtUp), CATCH_UP_MS);
    if (!ready) throw new Error(`clients did not catch up at the start: ${this.#laggards().join(', ')}`);
  }

  openPublisher(name: string): Promise<NatsEventPublisher> {
    return this.world.connectNats(name).then((nats) => {
      this.#connections.push(nats);
      return NatsEventPublisher.open(nats);
    });
  }

  readonly #connections: NatsConnection[] = [];

  /** Runs the schedule under load, and waits until every client has had everything. @returns what is stuck */
  async play(injections: readonly Injection[]): Promise<string[]> {
    this.startedMs = performance.now();
    for (const writer of this.writers) writer.start(this.load.eventsPerSecond, this.random.pick(['steady', 'bursts']));
    for (const session of this.runSessions) this.runs.start(session);
    const quiet = this.random.fork('quiet');
    const silent = new Set<SessionWriter>();
    for (const injection of injections) {
      await sleep(Math.max(0, this.startedMs + injection.atMs - performance.now()));
      // Some sessions fall silent while things are broken: nothing later will reveal what their readers missed.
      const maySilence = !this.faultClass.falseSilence && silent.size < this.writers.length / 2;
      const falling = maySilence && quiet.chance(0.5) ? quiet.pick(this.writers) : undefined;
      if (falling) silent.add(falling);
      const silence = falling === undefined ? undefined : sleep(quiet.between(0, 600)).then(() => falling.stop());
      await injection.act();
      await silence;
    }
    await sleep(AFTERMATH_MS);
    await Promise.all(this.writers.map((writer) => writer.stop()));
    await this.runs.settle();
    await this.world.heal();
    return this.#settle();
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.stop();
    await Promise.all(this.writers.map((writer) => writer.stop()));
    this.runs.stop();
    await Promise.all(this.clientLines.map((line) => line.close()));
    for (const publisher of this.#publishers) publisher.close();
    await Promise.all([...this.#connections, this.nats].map((nats) => nats.close()));
  }

  /** Another process that writes to the same session. */
  async rivalOf({ session, key }: SessionWriter, prefix: string): Promise<SessionWriter> {
    const publisher = await this.openPublisher(`faults-rival-${prefix}`);
    this.#publishers.push(publisher);
    const random = this.random.fork(`${key}${prefix}`);
    const rival = new SessionWriter(publisher, session, random, new EventMix(session, random, prefix));
    this.writers.push(rival);
    return rival;
  }

  /** With `true`: resolves when nothing is on its way any more. */
  async holdWriters(held: boolean): Promise<void> {
    await Promise.all(this.writers.map((writer) => writer.hold(held)));
  }

  /** The stream is another one from here on; this is what the one before held at its end. */
  beginLife(ended: StreamRead): void {
    this.earlierLives.push(ended);
    this.firstSeq = 1;
  }

  async lastSeq(): Promise<number> {
    const jsm = await jetstreamManager(this.nats, { checkAPI: false, timeout: 2_000 });
    const { state } = await persistently(() => jsm.streams.info(EVENT_STREAM), SERVER_MS);
    return state.last_seq;
  }

  async #settle(): Promise<string[]> {
    const jsm = await jetstreamManager(this.nats, { checkAPI: false, timeout: 2_000 });
    const tails = new Map<string, number>();
    for (const session of [...this.sessions, ...this.runSessions]) {
      const query = { last_by_subj: eventSubject(session) };
      const last = await persistently(() => jsm.streams.getMessage(EVENT_STREAM, query), SERVER_MS);
      tails.set(keyOf(session), last?.seq ?? 0);
    }
    const arrived = (client: Follower): boolean => client.caughtUp && client.at >= tails.get(client.options.session)!;
    await until(() => this.clients.every(arrived), CATCH_UP_MS);
    return this.clients
      .filter((client) => !arrived(client))
      .map((client) => `${client.options.name} is at ${client.at} of ${tails.get(client.options.session)}`);
  }

  #laggards(): string[] {
    return this.clients.filter((client) => !client.caughtUp).map((client) => client.options.name);
  }
}
