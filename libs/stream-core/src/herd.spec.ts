// Many readers of one session that come in the same moment cost as many reads as one.
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { FeedWorld, SESSION } from './spec/feed-world.js';
import { RecordingClient } from './spec/recording-client.js';

const HERD = 500;

/** A session whose past the ring does not hold, on a pod that knows nothing of it yet. */
async function newWorld() {
  const world = new FeedWorld({ ringCapacity: 10 });
  await world.publishMany(400);
  const spies = [
    ...(['read', 'readBackward', 'lastSeq'] as const).map((name) => jest.spyOn(world.bus.log, name)),
    ...(['read', 'readBackward'] as const).map((name) => jest.spyOn(world.history, name)),
  ];
  const come = async (count: number, position: string | undefined): Promise<RecordingClient[]> => {
    const clients = Array.from({ length: count }, () => new RecordingClient(world.table).connect(position));
    await world.clock.flush();
    return clients;
  };
  return { world, come, reads: () => spies.reduce((sum, { mock }) => sum + mock.calls.length, 0) };
}

describe('a herd on one session', () => {
  afterEach(() => void jest.restoreAllMocks());

  it.each(['e1-0', 'e1-100', undefined])('with the position %p reads each page once', async (position) => {
    const alone = await newWorld();
    const [single] = await alone.come(1, position);
    expect(single!.reader.caughtUp).toBe(true);
    expect(single!.seqs.at(-1)).toBe(400);

    const { world, come, reads } = await newWorld();
    const clients = await come(HERD, position);
    for (const { seqs } of clients) expect(seqs).toEqual(single!.seqs);
    expect(reads()).toBe(alone.reads());
    await Promise.all([world.table.close(), alone.world.table.close()]);
  });

  it('is told apart from one that memory serves', async () => {
    const { world, come, reads } = await newWorld();
    const covered = (...positions: string[]) => positions.map((position) => world.table.covers(SESSION, position));
    expect(covered('e1-400')).toEqual([false]);
    const [client] = await come(1, 'e1-400');
    await world.publishMany(3);
    await world.clock.flush();
    expect(client!.seqs).toEqual([401, 402, 403]);
    expect(covered('e1-400', 'e1-403')).toEqual([true, true]);
    expect(covered('e1-399', 'e1-404', 'e0-403', 'garbage')).toEqual([false, false, false, false]);
    const before = reads();
    await come(HERD, 'e1-401');
    expect(reads()).toBe(before);
    await world.table.close();
  });
});

describe('a slow reader of large events', () => {
  afterEach(() => void jest.restoreAllMocks());

  it('does not have the same page read again with every step', async () => {
    const world = new FeedWorld({ ringCapacity: 10 });
    const data = { text: 'x'.repeat(20_000) };
    for (let n = 0; n < 200; n++) await world.publish('agents', { data });
    const spies = [jest.spyOn(world.bus.log, 'read'), jest.spyOn(world.history, 'read')];
    const client = new RecordingClient(world.table);
    client.slow = true;
    client.connect('e1-0');
    await world.clock.flush();
    while (!client.reader.caughtUp) {
      client.drain();
      await world.clock.flush();
    }
    expect(client.seqs).toEqual(world.expected(0, client.channels));
    const results = spies.flatMap(({ mock }) => mock.results.map(({ value }) => value as Promise<unknown[]>));
    const read = (await Promise.all(results)).reduce((sum, entries) => sum + entries.length, 0);
    expect(read).toBeLessThan(3 * 200);
    await world.table.close();
  });
});
