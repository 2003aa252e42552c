import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EVENT_STREAM, eventSubject, liveSubject, VanaError } from '@vana/events';
import { eventually, newSession, sampleEvent, startNatsServer, type NatsServer } from '@vana/test-kit';
import { jetstream, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { headers, nanos, type NatsConnection } from '@nats-io/transport-node';
import { connectNats } from './connect-nats.js';
import { ensureEventStream } from './event-stream.js';
import { NatsEventLog } from './nats-event-log.js';
import { NatsEventPublisher } from './nats-event-publisher.js';

describe('the event stream on a real server', () => {
  let server: NatsServer;
  let nc: NatsConnection;
  let jsm: JetStreamManager;

  beforeAll(async () => {
    server = await startNatsServer();
    nc = await connectNats({ url: ` nats://127.0.0.1:${server.port} ,`.replace(/,$/, ''), name: 'test' });
    jsm = await jetstreamManager(nc);
  });
  beforeEach(async () => {
    await jsm.streams.delete(EVENT_STREAM).catch(() => undefined);
  });
  afterAll(async () => {
    await nc.close();
    await server.stop();
  });

  it('is made once, by whoever comes first, with retention and copies as the design says', async () => {
    const other = await connectNats({ url: server.url, name: 'other' });
    const making = [ensureEventStream(nc), ensureEventStream(other), ensureEventStream(nc, { maxAgeMs: 60_000 })];
    await Promise.all(making).finally(() => other.close());
    const { config } = await jsm.streams.info(EVENT_STREAM);
    expect(config).toMatchObject({
      subjects: ['vana.events.*.*'],
      republish: { src: 'vana.events.*.*', dest: 'vana.live.$1.$2' },
      allow_direct: true,
      deny_purge: false,
      discard: 'old',
      storage: 'file',
      max_msgs_per_subject: 100_000,
      // Shorter than the default window for ids, which gives way.
      max_age: nanos(60_000),
      duplicate_window: nanos(60_000),
    });
  });

  it('changes what was given and leaves what an operator has tuned', async () => {
    await ensureEventStream(nc, { maxMessagesPerSession: 10 });
    await jsm.streams.update(EVENT_STREAM, { max_bytes: 7_000_000 });
    await ensureEventStream(nc, { maxAgeMs: 3_600_000, duplicateWindowMs: 30_000 });
    const { config } = await jsm.streams.info(EVENT_STREAM);
    expect(config).toMatchObject({
      max_bytes: 7_000_000,
      max_age: nanos(3_600_000),
      duplicate_window: nanos(30_000),
      max_msgs_per_subject: 100_000,
    });
  });

  it('refuses a stream whose copies go elsewhere, or whose storage is another', async () => {
    await jsm.streams.add({ name: EVENT_STREAM, subjects: ['vana.events.*.*'], storage: 'memory' });
    const failure = await ensureEventStream(nc, { storage: 'file' }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(VanaError);
    expect(failure).toMatchObject({ code: 'stream_mismatch', details: { settings: ['republish', 'storage'] } });
  });

  it('drops and counts live copies that are not ours, and passes over stored messages that are not', async () => {
    await ensureEventStream(nc);
    const session = newSession();
    const counted: string[] = [];
    const log = await NatsEventLog.open(nc, {
      liveDropped: () => counted.push('live'),
      storedUnreadable: (_, seq) => counted.push(`stored ${seq}`),
    });
    const publisher = await NatsEventPublisher.open(nc);
    const got: number[] = [];
    await log.subscribe(session, ({ seq }) => got.push(seq));
    await publisher.publish(session, sampleEvent(session, 'ours'));
    const js = jetstream(nc);
    // Nobody but the server may publish on live subjects and nobody but us on the others; if somebody could:
    nc.publish(liveSubject(session), JSON.stringify(sampleEvent(session, 'forged')));
    await js.publish(eventSubject(session), JSON.stringify(sampleEvent(session, 'no-prev')));
    await js.publish(eventSubject(session), 'not JSON');
    const last = await publisher.publish(session, sampleEvent(session, 'ours-too'));
    await eventually(() => got.includes(last.seq));
    expect(got).toEqual([1, last.seq]);
    expect(counted).toEqual(['live', 'live', 'live']);

    const entries = await log.read(session, 0, 10);
    expect(entries.map(({ seq, prev }) => [seq, prev])).toEqual([
      [1, 0],
      [4, 3],
    ]);
    for (const limit of [3, 100]) {
      expect((await log.readBackward(session, Infinity, limit)).map(({ seq }) => seq)).toEqual(
        limit === 3 ? [4] : [1, 4],
      );
    }
    expect(counted.slice(3)).toEqual(expect.arrayContaining(['stored 2', 'stored 3']));
    publisher.close();
    log.close();
  });

  it('takes the answer for an old id for what it is, not for the session’s end', async () => {
    await ensureEventStream(nc);
    const session = newSession();
    const retries: string[] = [];
    const publisher = await NatsEventPublisher.open(nc, { publishRetried: (_, why) => retries.push(why) });
    for (const id of ['a', 'b']) await publisher.publish(session, sampleEvent(session, id));
    const onConflict = async (): Promise<number> => {
      await publisher.publish(session, sampleEvent(session, 'a'));
      const before = retries.length;
      await publisher.publish(session, sampleEvent(session, `new-${before}`));
      return retries.length - before;
    };
    expect(await onConflict()).toBe(0);
    expect(await onConflict()).toBe(0);
    publisher.close();
  });

  it('recognises its own event at the session’s end even when the server has forgotten the id', async () => {
    await ensureEventStream(nc, { duplicateWindowMs: 100 });
    const session = newSession();
    const [first, second] = [await NatsEventPublisher.open(nc), await NatsEventPublisher.open(nc)];
    const ack = await first.publish(session, sampleEvent(session, 'e'));
    const js = jetstream(nc);
    const probe = eventSubject(newSession());
    await js.publish(probe, '', { msgID: 'probe' });
    await eventually(async () => !(await js.publish(probe, '', { msgID: 'probe' })).duplicate);
    expect(await second.publish(session, sampleEvent(session, 'e'))).toEqual({ ...ack, duplicate: true });
    first.close();
    second.close();
  });

  it('reads the last value of a repeated header', async () => {
    await ensureEventStream(nc);
    const session = newSession();
    const log = await NatsEventLog.open(nc);
    const got: [number, number][] = [];
    await log.subscribe(session, ({ seq, prev }) => got.push([seq, prev]));
    const forged = headers();
    for (const value of ['7', '0']) forged.append('Vana-Prev', value);
    for (const name of ['Nats-Sequence', 'Nats-Stream']) forged.append(name, '999');
    await jetstream(nc).publish(eventSubject(session), JSON.stringify(sampleEvent(session, 'e')), { headers: forged });
    await eventually(() => got.length === 1);
    expect(got).toEqual([[1, 0]]);
    expect(await log.read(session, 0, 1)).toMatchObject([{ seq: 1, prev: 0 }]);
    log.close();
  });

  it('reads backward in a long session without walking all of it', async () => {
    await ensureEventStream(nc);
    const [session, neighbour] = [newSession(), newSession()];
    const log = await NatsEventLog.open(nc);
    const js = jetstream(nc);
    const seqs: number[] = [];
    const store = async (target: typeof session, prev: number, id: string): Promise<number> => {
      const own = headers();
      own.set('Vana-Prev', String(prev));
      return (await js.publish(eventSubject(target), JSON.stringify(sampleEvent(target, id)), { headers: own })).seq;
    };
    // Dense at first, then one among many of another session: the worst case for a guess by density.
    for (let n = 0; n < 3_000; n++) seqs.push(await store(session, seqs.at(-1) ?? 0, `e${n}`));
    for (let n = 0; n < 30; n++) {
      seqs.push(await store(session, seqs.at(-1)!, `late${n}`));
      await Promise.all(Array.from({ length: 50 }, (_, m) => store(neighbour, 0, `n${n}-${m}`)));
    }
    for (const limit of [13, 40, 200, 750, 2_900]) {
      expect((await log.readBackward(session, Infinity, limit)).map(({ seq }) => seq)).toEqual(seqs.slice(-limit));
      // In the dense part, and a little way into the sparse one.
      for (const end of [2_000, 3_010]) {
        expect((await log.readBackward(session, seqs[end]!, limit)).map(({ seq }) => seq)).toEqual(
          seqs.slice(Math.max(0, end - limit), end),
        );
      }
    }
    log.close();
  });

  it('says bus_unavailable for a server that is not there, and never shows credentials', async () => {
    const failure = await connectNats({ url: 'nats://user:secret@127.0.0.1:1', name: 'x', timeoutMs: 500 }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'bus_unavailable', details: { servers: ['127.0.0.1:1'] } });
    expect(JSON.stringify((failure as VanaError).toBody())).not.toContain('secret');
  });
});
