// A stream that goes back to an older copy of itself: its sequences are handed out a second time.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, newSession, sampleEvent, startNatsServer, type NatsServer } from '@vana/test-kit';
import type { NatsConnection } from '@nats-io/transport-node';
import { cpSync, rmSync } from 'node:fs';
import { connectNats } from './connect-nats.js';
import { ensureEventStream } from './event-stream.js';
import { NatsEventLog } from './nats-event-log.js';
import { NatsEventPublisher } from './nats-event-publisher.js';

describe('a bus stream that was taken back to an older copy', () => {
  const session = newSession();
  let server: NatsServer;
  const connections: NatsConnection[] = [];
  let logs: NatsEventLog[];
  let publisher: NatsEventPublisher;
  /** The last sequence that each log has told of. */
  let heard: number[];

  const connected = async (): Promise<NatsConnection> => {
    const nc = await connectNats({ url: server.url, name: 'test' });
    connections.push(nc);
    return nc;
  };
  const publish = async (...ids: string[]): Promise<void> => {
    for (const id of ids) await publisher.publish(session, sampleEvent(session, id));
  };
  const haveHeard = (seq: number): Promise<boolean> => eventually(() => heard.every((last) => last === seq));
  const haveLeft = (epoch: string): Promise<boolean> =>
    eventually(() => epochs()[0] !== epoch && epochs()[0] === epochs()[1], 15_000);
  const epochs = (): string[] => logs.map((log) => log.epoch);
  const copyOf = (): string => `${server.storeDir}-copy`;

  beforeEach(async () => {
    server = await startNatsServer();
    const nc = await connected();
    await ensureEventStream(nc);
    publisher = await NatsEventPublisher.open(nc);
    logs = [await NatsEventLog.open(await connected()), await NatsEventLog.open(await connected())];
    heard = [0, 0];
    logs.forEach((log, n) => log.onTail((_, seq) => void (heard[n] = seq)));
  });
  afterEach(async () => {
    for (const log of logs) log.close();
    publisher.close();
    await Promise.all(connections.splice(0).map((nc) => nc.close()));
    await server.stop('SIGKILL');
  });

  const goBackAfter = async (
    work: () => Promise<void>,
    afterwards: () => Promise<void> = async () => undefined,
  ): Promise<void> => {
    await server.kill();
    cpSync(server.storeDir, copyOf(), { recursive: true });
    await server.restart();
    await work();
    await server.kill('SIGKILL');
    rmSync(server.storeDir, { recursive: true });
    cpSync(copyOf(), server.storeDir, { recursive: true });
    await server.restart();
    await afterwards();
  };

  it('has another epoch, the same for every pod, also for those that come later', async () => {
    await publish('a', 'b');
    const before = logs[0]!.epoch;
    await goBackAfter(async () => {
      await publish('c', 'd', 'e');
      await haveHeard(5);
    });
    await haveLeft(before);
    await publish('f');
    expect((await logs[0]!.read(session, 0, 10)).map(({ event }) => event.id)).toEqual(['a', 'b', 'f']);
    const late = await NatsEventLog.open(await connected());
    expect(late.epoch).toBe(logs[0]!.epoch);
    late.close();
  });

  it('is found out even when it has grown past what was known of it', async () => {
    await publish('a');
    // Another writer is there at once, the logs come back a quarter of a second later.
    const grow = async (): Promise<void> => {
      const other = await NatsEventPublisher.open(await connected());
      for (const id of ['d', 'e', 'f', 'g']) await other.publish(session, sampleEvent(session, id));
      other.close();
    };
    const before = logs[0]!.epoch;
    await goBackAfter(async () => {
      await publish('b', 'c');
      await haveHeard(3);
    }, grow);
    await haveLeft(before);
  });

  it('is another life each time, also when the mark of the one before went back with it', async () => {
    await publish('a');
    const first = logs[0]!.epoch;
    await goBackAfter(async () => {
      await publish('b');
      await haveHeard(2);
    });
    await haveLeft(first);
    const second = logs[0]!.epoch;
    await haveHeard(1);
    await server.kill('SIGKILL');
    rmSync(server.storeDir, { recursive: true });
    cpSync(copyOf(), server.storeDir, { recursive: true });
    await server.restart();
    await haveLeft(second);
    expect(logs[0]!.epoch).not.toBe(first);
  });

  it('keeps its epoch over a restart that loses nothing', async () => {
    await publish('a', 'b');
    const before = epochs();
    await server.kill('SIGKILL');
    await server.restart();
    await publish('c');
    await haveHeard(3);
    expect(epochs()).toEqual(before);
  });
});
