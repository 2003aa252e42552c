// What the contract suites cannot ask of every adapter: servers killed, answers lost, streams made anew.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EVENT_STREAM, VanaError } from '@vana/events';
import { eventually, newSession, sampleEvent, startNatsServer, startTcpProxy, type NatsServer } from '@vana/test-kit';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { connectNats } from './connect-nats.js';
import { ensureEventStream } from './event-stream.js';
import { NatsEventLog } from './nats-event-log.js';
import { NatsEventPublisher } from './nats-event-publisher.js';

describe('the bus under faults', () => {
  let server: NatsServer;
  let cleanUps: (() => unknown)[];

  beforeEach(async () => {
    cleanUps = [];
    server = await startNatsServer();
    const nc = await connection();
    await ensureEventStream(nc);
  });
  afterEach(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
    await server.stop('SIGKILL');
  });

  const connection = async (port = server.port): Promise<NatsConnection> => {
    const nc = await connectNats({ url: `nats://127.0.0.1:${port}`, name: 'test' });
    cleanUps.push(() => nc.close());
    return nc;
  };
  const openLog = async (nc: NatsConnection): Promise<NatsEventLog> => {
    const log = await NatsEventLog.open(nc);
    cleanUps.push(() => log.close());
    return log;
  };
  const openPublisher = async (
    nc: NatsConnection,
    ...rest: Parameters<typeof NatsEventPublisher.open> extends [unknown, ...infer R] ? R : never
  ): Promise<NatsEventPublisher> => {
    const publisher = await NatsEventPublisher.open(nc, ...rest);
    cleanUps.push(() => publisher.close());
    return publisher;
  };
  const proxied = async () => {
    const proxy = await startTcpProxy(server.port);
    cleanUps.push(() => proxy.close());
    return proxy;
  };
  const codeOf = async (promise: Promise<unknown>): Promise<string> =>
    promise.then(
      () => 'resolved',
      (error: unknown) => (error instanceof VanaError ? error.code : String(error)),
    );

  it('stores an event once when its acknowledgement is lost and it is sent again', async () => {
    const proxy = await proxied();
    const session = newSession();
    const log = await openLog(await connection());
    const retries: string[] = [];
    const publisher = await openPublisher(
      await connection(proxy.port),
      { publishRetried: (_, why) => retries.push(why) },
      { ackTimeoutMs: 300 },
    );
    const first = await publisher.publish(session, sampleEvent(session, 'first'));
    proxy.dropAnswers();
    const publishing = publisher.publish(session, sampleEvent(session, 'lost-ack'));
    const stored = await eventually(async () => {
      const seq = await log.lastSeq(session);
      return seq > first.seq && seq;
    });
    await eventually(() => retries.includes('timeout'));
    proxy.cut();
    expect(await publishing).toEqual({ epoch: log.epoch, seq: stored, duplicate: true });
    await publisher.publish(session, sampleEvent(session, 'after'));
    const entries = await log.read(session, 0, 10);
    expect(entries.map(({ event, prev }) => [event.id, prev])).toEqual([
      ['first', 0],
      ['lost-ack', first.seq],
      ['after', stored],
    ]);
  });

  it('keeps every acknowledged event, once and chained, over kill -9 in the middle of publishing', async () => {
    const sessions = [newSession(), newSession(), newSession('other')];
    const publisher = await openPublisher(await connection(), {}, { ackTimeoutMs: 500 });
    const log = await openLog(await connection());
    const epoch = log.epoch;
    const tailed = new Map<string, number>();
    log.onTail(({ sessionId }, seq) => tailed.set(sessionId, seq));
    const acked = new Map<string, number[]>(sessions.map(({ sessionId }) => [sessionId, []]));
    let done = 0;
    const publishing = sessions.map(async (session) => {
      for (let n = 0; n < 400; n++) {
        const { seq } = await publisher.publish(session, sampleEvent(session, `e${n}`));
        acked.get(session.sessionId)!.push(seq);
        done++;
      }
    });
    for (const threshold of [150, 600]) {
      await eventually(() => done >= threshold);
      await server.kill('SIGKILL');
      await server.restart();
    }
    await Promise.all(publishing);
    for (const session of sessions) {
      const entries = await log.read(session, 0, 1_000);
      expect(entries.map(({ event }) => event.id)).toEqual(Array.from({ length: 400 }, (_, n) => `e${n}`));
      expect(entries.map(({ seq }) => seq)).toEqual(acked.get(session.sessionId));
      expect(entries.map(({ prev }) => prev)).toEqual([0, ...entries.slice(0, -1).map(({ seq }) => seq)]);
      await eventually(() => tailed.get(session.sessionId) === entries.at(-1)!.seq);
    }
    expect(log.epoch).toBe(epoch);
  });

  it('is subscribed again after a restart, and tells the tails of what was stored while it was cut off', async () => {
    const proxy = await proxied();
    const session = newSession();
    const log = await openLog(await connection(proxy.port));
    const publisher = await openPublisher(await connection());
    const live: string[] = [];
    const tails: number[] = [];
    await log.subscribe(session, ({ event }) => live.push(event.id));
    log.onTail((_, seq) => tails.push(seq));
    await publisher.publish(session, sampleEvent(session, 'before'));
    await eventually(() => live.length === 1 && tails.length === 1);

    // Sent by the server, never received: for the server it is delivered.
    proxy.dropAnswers();
    const missed = await publisher.publish(session, sampleEvent(session, 'missed'));
    proxy.cut();
    await eventually(() => tails.includes(missed.seq));
    expect(live).toEqual(['before']);

    await server.kill('SIGKILL');
    await server.restart();
    const after = await eventually(() => publisher.publish(session, sampleEvent(session, 'after')));
    await eventually(() => tails.includes(after.seq));
    await eventually(async () => {
      await publisher.publish(session, sampleEvent(session, `again-${Date.now()}`));
      return live.some((id) => id.startsWith('again'));
    });
    expect(tails).toEqual([...new Set(tails)].sort((a, b) => a - b));
  });

  it('has another epoch when the stream was deleted and made anew', async () => {
    const [session, unrelated, fresh] = [newSession(), newSession(), newSession()];
    const nc = await connection();
    const publisher = await openPublisher(await connection());
    const other = await openPublisher(await connection());
    for (const id of ['x', 'y', 'z']) await other.publish(unrelated, sampleEvent(unrelated, id));
    const log = await openLog(nc);
    const tails: number[] = [];
    const epochs: string[] = [];
    log.onTail((_, seq) => tails.push(seq));
    log.onEpochChange((epoch) => epochs.push(epoch));
    for (const id of ['a', 'b', 'c']) await publisher.publish(session, sampleEvent(session, id));
    await eventually(() => tails.length === 3);
    const before = log.epoch;

    const jsm = await jetstreamManager(nc);
    await jsm.streams.delete(EVENT_STREAM);
    await ensureEventStream(nc);
    const ack = await publisher.publish(session, sampleEvent(session, 'a'));
    expect(ack).toMatchObject({ seq: 1, duplicate: false });
    expect(ack.epoch).not.toBe(before);
    // A publisher that has nothing to compare in this session sees it by the sequences of others.
    const ackOfOther = await other.publish(fresh, sampleEvent(fresh, 'e'));
    expect(ackOfOther).toEqual({ epoch: ack.epoch, seq: 2, duplicate: false });
    await eventually(() => log.epoch !== before, 20_000);
    expect(epochs).toEqual([ack.epoch]);
    expect(log.epoch).toBe(ack.epoch);
    await eventually(() => tails.length === 5);
    expect(tails.slice(-2)).toEqual([1, 2]);
  });

  it('says publish_unknown when no answer comes in time, and the same id is safe afterwards', async () => {
    const session = newSession();
    const publisher = await openPublisher(await connection(), {}, { ackTimeoutMs: 200, giveUpMs: 600 });
    const log = await openLog(await connection());
    await publisher.publish(session, sampleEvent(session, 'first'));
    server.signal('SIGSTOP');
    const startMs = performance.now();
    const [one, queued] = [
      codeOf(publisher.publish(session, sampleEvent(session, 'e'))),
      codeOf(publisher.publish(session, sampleEvent(session, 'queued'))),
    ];
    expect(await one).toBe('publish_unknown');
    // It never had its turn within its time.
    expect(await queued).toBe('bus_unavailable');
    expect(performance.now() - startMs).toBeLessThan(2_000);
    server.signal('SIGCONT');
    await eventually(() => publisher.publish(session, sampleEvent(session, 'e')));
    expect((await log.read(session, 0, 10)).map(({ event }) => event.id)).toEqual(['first', 'e']);
  });

  it('says bus_unavailable when there is no stream or no connection', async () => {
    const session = newSession();
    const nc = await connection();
    const log = await openLog(nc);
    const publisher = await openPublisher(nc, {}, { giveUpMs: 400 });
    const jsm = await jetstreamManager(nc);
    await jsm.streams.delete(EVENT_STREAM);
    expect(await codeOf(publisher.publish(session, sampleEvent(session, 'e')))).toBe('bus_unavailable');
    expect(await codeOf(log.lastSeq(session))).toBe('bus_unavailable');
    expect(await codeOf(log.read(session, 0, 100))).toBe('bus_unavailable');
    expect(await codeOf(NatsEventLog.open(nc))).toBe('bus_unavailable');
    await nc.close();
    expect(await codeOf(log.subscribe(session, () => undefined))).toBe('bus_unavailable');
    expect(await codeOf(log.readBackward(session, Infinity, 5))).toBe('bus_unavailable');
    expect(await codeOf(publisher.publish(session, sampleEvent(session, 'e')))).toBe('bus_unavailable');
  });
});
