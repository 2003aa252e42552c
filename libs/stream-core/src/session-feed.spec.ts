import { afterEach, describe, expect, it } from '@jest/globals';
import { VanaError, type Channel } from '@vana/events';
import { FeedWorld, SESSION } from './spec/feed-world.js';
import { RecordingClient } from './spec/recording-client.js';

let world: FeedWorld;
afterEach(() => void world.table.close());

const types = (client: RecordingClient): string[] => client.blocks.map(({ type }) => type);

async function connected(
  position?: string,
  ...rest: [ReadonlySet<Channel>?, ('recent' | 'all' | 'none' | number)?]
): Promise<RecordingClient> {
  const client = new RecordingClient(world.table, ...rest).connect(position);
  await world.clock.flush();
  return client;
}

describe('the verdict', () => {
  it('fresh: an empty session, then live', async () => {
    world = new FeedWorld();
    const client = await connected();
    expect(client.verdict).toEqual({ verdict: 'fresh', from: 'e1-0', head: 'e1-0' });
    expect(types(client)).toEqual(['agent_network_connection', 'caught_up']);
    await world.publishMany(2);
    await world.clock.flush();
    expect(client.seqs).toEqual([1, 2]);
  });

  it('resumed: goes on right after the position, from ring, history or log', async () => {
    world = new FeedWorld({ ringCapacity: 3 });
    await world.publishMany(10);
    for (const position of [0, 1, 5, 8, 9, 10]) {
      const client = await connected(`e1-${position}`);
      expect(client.verdict).toEqual({ verdict: 'resumed', from: `e1-${position}`, head: 'e1-10' });
      expect(client.seqs).toEqual(world.expected(position, client.channels));
      expect(types(client)).toEqual(['agent_network_connection', 'caught_up']);
    }
  });

  it.each(['', 'garbage', 'e1-', 'E1-3', 'e1-3x', '-1', 'e1-99999999999999999999'])(
    'reset: %j is not a position',
    async (position) => {
      world = new FeedWorld();
      await world.publishMany(3);
      const client = await connected(position);
      expect(client.verdict).toMatchObject({ verdict: 'reset', reason: 'invalid_position', from: 'e1-0' });
      expect(client.seqs).toEqual([1, 2, 3]);
    },
  );

  it('reset: another life of the stream, or a position that the session never had', async () => {
    world = new FeedWorld();
    await world.publish();
    await world.publishElsewhere();
    await world.publish();
    expect((await connected('e0-1')).verdict).toMatchObject({ verdict: 'reset', reason: 'epoch_changed' });
    expect((await connected('e1-2')).verdict).toMatchObject({ verdict: 'reset', reason: 'position_unknown' });
    expect((await connected('e1-77')).verdict).toMatchObject({ verdict: 'reset', reason: 'position_unknown' });
  });

  it('partial: what retention has dropped is named, and announced as a gap', async () => {
    world = new FeedWorld({}, { retain: 4 });
    await world.publishMany(10);
    const client = await connected('e1-2');
    expect(client.verdict).toMatchObject({ verdict: 'partial', from: 'e1-2', omitted: { from: 'e1-2', to: 'e1-6' } });
    expect(client.gaps).toEqual([{ from: 2, to: 6 }]);
    expect(client.seqs).toEqual([7, 8, 9, 10]);
  });

  it('partial: without a position, what the replay mode leaves out', async () => {
    world = new FeedWorld({ historyLimit: 5 });
    await world.publishMany(12);
    const recent = await connected(undefined, undefined, 'recent');
    expect(recent.verdict).toMatchObject({ verdict: 'partial', omitted: { from: 'e1-0', to: 'e1-7' } });
    expect(recent.seqs).toEqual([8, 9, 10, 11, 12]);
    expect((await connected(undefined, undefined, 3)).seqs).toEqual([10, 11, 12]);
    expect((await connected(undefined, undefined, 'all')).seqs).toHaveLength(12);
    const none = await connected(undefined, undefined, 'none');
    expect([none.verdict.verdict, none.seqs]).toEqual(['fresh', []]);
  });

  it('replays all of an active run, and only unexpired events otherwise', async () => {
    world = new FeedWorld({ historyLimit: 4, eventTtlMs: 60_000 });
    await world.publish();
    await world.publish('research', { type: 'research_started', runId: 'r1', data: { runId: 'r1', query: 'q' } });
    for (let n = 0; n < 10; n++) await world.publish('agents', { runId: 'r1' });
    await world.clock.advance(120_000);
    expect((await connected()).seqs).toEqual(world.expected(1, new Set<Channel>(['agents', 'research'])));

    const complete = { runId: 'r1', status: 'completed', final_report: '' };
    await world.publish('research', { type: 'research_complete', runId: 'r1', data: complete });
    await world.clock.flush();
    expect((await connected()).seqs).toEqual([13]);
    await world.clock.advance(120_000);
    expect((await connected()).seqs).toEqual([]);
  });

  it('passes over events whose own time to live has run out, without a gap', async () => {
    world = new FeedWorld();
    await world.publish('agents', { ttl: 5 });
    await world.publish();
    await world.clock.advance(6_000);
    const client = await connected('e1-0');
    expect([client.seqs, client.gaps, client.reader.position]).toEqual([[2], [], 'e1-2']);
  });

  it('of a pod that lags behind: a position it has not seen is asked of the log', async () => {
    world = new FeedWorld();
    await connected();
    world.liveFate = world.tailFate = 'keep';
    await world.publishMany(3);
    const client = await connected('e1-3');
    expect(client.verdict).toMatchObject({ verdict: 'resumed', from: 'e1-3', head: 'e1-3' });
  });
});

describe('loss', () => {
  it('a lost live copy with nothing after it is seen by the tails', async () => {
    world = new FeedWorld();
    const client = await connected();
    await world.clock.advance(300);
    world.liveFate = 'lose';
    await world.publish();
    await world.clock.advance(240);
    expect(client.seqs).toEqual([]);
    await world.clock.advance(20);
    expect(client.seqs).toEqual([1]);
  });

  it('an event stored while the interest spreads is seen by a second look, tails or not', async () => {
    world = new FeedWorld();
    const client = await connected();
    world.liveFate = 'lose';
    world.tailFate = 'keep';
    await world.publish();
    await world.clock.advance(260);
    expect(client.seqs).toEqual([1]);
  });

  it('a live copy that the log does not know is not delivered', async () => {
    world = new FeedWorld();
    const client = await connected();
    world.forgeLive({ seq: 40, prev: 30 });
    world.forgeLive({ seq: 41, prev: 40 });
    await world.clock.advance(100);
    expect(client.seqs).toEqual([]);
    await world.publish();
    await world.clock.advance(300);
    expect(client.seqs).toEqual([1]);
    expect(world.told.liveDropped?.map(([, reason]) => reason)).toContain('not_in_log');
  });

  it('more held copies than the limit: the log is read instead', async () => {
    world = new FeedWorld({ heldLimit: 3 });
    const client = await connected();
    world.liveFate = 'keep';
    await world.publishMany(9);
    for (const deliver of world.kept.slice(1)) deliver();
    await world.clock.advance(300);
    expect(client.seqs).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(world.told.liveDropped?.map(([, reason]) => reason)).toContain('overflow');
  });

  it('an event that cannot be written is a gap, and the rest goes on', async () => {
    const encode = (_epoch: string, { seq }: { seq: number }): Uint8Array => {
      if (seq === 2) throw new Error('planted');
      return new Uint8Array(1);
    };
    world = new FeedWorld({}, { encoder: { encode } });
    const client = await connected();
    await world.publishMany(3);
    await world.clock.flush();
    expect([client.seqs, client.gaps]).toEqual([[1, 3], [{ from: 1, to: 2 }]]);
    expect((await connected('e1-0')).gaps).toEqual([{ from: 1, to: 2 }]);
  });
});

describe('trouble', () => {
  it('the bus is down at first: the reader waits, is told once, and gets everything', async () => {
    world = new FeedWorld();
    world.logFate = 'fail';
    const client = await connected();
    await world.clock.advance(3_000);
    expect(types(client)).toEqual(['error']);
    world.logFate = 'serve';
    await world.publishMany(2);
    await world.clock.advance(6_000);
    expect(types(client)).toEqual(['error', 'agent_network_connection', 'caught_up']);
    expect(client.seqs).toEqual([1, 2]);
  });

  it('the bus is down while a hole is healed', async () => {
    world = new FeedWorld();
    const client = await connected();
    await world.clock.advance(300);
    world.liveFate = 'lose';
    await world.publish();
    world.logFate = 'fail';
    world.liveFate = 'deliver';
    await world.publish();
    await world.clock.advance(2_000);
    expect(client.seqs).toEqual([]);
    world.logFate = 'serve';
    await world.clock.advance(6_000);
    expect(client.seqs).toEqual([1, 2]);
  });

  it.each(['fail', 'hang'] as const)('history that %ss is passed over', async (fate) => {
    world = new FeedWorld({ ringCapacity: 2 });
    await world.publishMany(6);
    world.historyFate = fate;
    const client = new RecordingClient(world.table).connect('e1-1');
    await world.clock.advance(200);
    expect(client.seqs).toEqual([2, 3, 4, 5, 6]);
  });

  it('another life of the stream: readers are told, and follow it', async () => {
    world = new FeedWorld();
    await world.publishMany(3);
    const client = await connected();
    world.bus.recreate('e2');
    await world.clock.flush();
    expect(client.verdicts.at(-1)).toMatchObject({ verdict: 'reset', reason: 'epoch_changed', from: 'e2-0' });
    await world.bus.publisher.publish(SESSION, world.stored[0]!.event);
    await world.clock.flush();
    expect(client.lastId).toBe('e2-1');
  });

  it('a sink that throws loses its own connection only', async () => {
    world = new FeedWorld();
    const good = await connected();
    const bad = await connected();
    bad.events = () => {
      throw new Error('planted');
    };
    await world.publishMany(2);
    await world.clock.flush();
    expect([good.seqs, good.connected]).toEqual([[1, 2], true]);
    expect(bad.finishedWith).toBe('feed_error');
  });

  it('a feed that fails is rebuilt, and its readers miss nothing', async () => {
    world = new FeedWorld();
    const client = await connected();
    await world.publish();
    await world.clock.flush();
    world.breakNextPush();
    await world.publish();
    await world.clock.advance(1_000);
    await world.publish();
    await world.clock.advance(1_000);
    expect(client.seqs).toEqual([1, 2, 3]);
    expect(world.told.feedFailed).toHaveLength(1);
    expect(client.blocks.find(({ type }) => type === 'error')?.data).toMatchObject({ code: 'internal' });
  });
});

describe('readers', () => {
  it('share one batch and its bytes', async () => {
    world = new FeedWorld();
    const clients = [await connected(), await connected(), await connected(undefined, new Set<Channel>(['chat']))];
    await world.publishMany(3);
    await world.clock.flush();
    const [first, second, other] = clients.map(({ batches }) => batches.at(-1));
    expect(first).toBe(second);
    expect(first!.bytes).toBe(second!.bytes);
    expect(first!.entries).toHaveLength(3);
    expect(other).toBeUndefined();
  });

  it('of one channel do not fall behind: their position moves with what they do not get', async () => {
    world = new FeedWorld();
    const client = await connected(undefined, new Set<Channel>(['chat']));
    await world.publishMany(3);
    await world.clock.flush();
    client.reader.heartbeat();
    expect(client.blocks.at(-1)).toMatchObject({ type: 'heartbeat', position: 'e1-3' });
  });

  it('that are full get nothing until they have drained, then all of it', async () => {
    world = new FeedWorld({ ringCapacity: 4, pageSize: 3 });
    const client = await connected();
    client.slow = true;
    await world.publishMany(20);
    await world.clock.flush();
    const taken = client.seqs.length;
    client.reader.heartbeat();
    expect(types(client)).not.toContain('heartbeat');
    client.slow = false;
    client.drain();
    await world.clock.flush();
    expect(taken).toBeLessThan(20);
    expect(client.seqs).toEqual(world.expected(0, client.channels));
  });

  it('get `closing` with the reason, and `end` when the session is over', async () => {
    world = new FeedWorld();
    const [one, two] = [await connected(), await connected()];
    one.reader.closeWith('drain');
    expect(one.blocks.at(-1)).toMatchObject({ type: 'closing', data: { reason: 'drain', reconnect: true } });
    world.table.endSession(SESSION, 'deleted');
    expect(two.blocks.at(-1)).toMatchObject({ type: 'end', data: { reason: 'deleted' } });
    expect([one.finishedWith, two.finishedWith, world.table.stats().feeds]).toEqual(['drain', 'deleted', 0]);
  });
});

describe('the table', () => {
  it('writes history once per second and feed', async () => {
    world = new FeedWorld();
    await connected();
    await world.publishMany(50);
    await world.clock.flush();
    expect(await world.history.read(SESSION, 'e1', 0, 100)).toEqual([]);
    await world.clock.advance(1_000);
    expect(await world.history.read(SESSION, 'e1', 0, 100)).toHaveLength(50);
    expect(world.historyAppends).toBe(1);
  });

  it('releases feeds without readers after their time, and expired events', async () => {
    world = new FeedWorld({ idleMs: 5_000, eventTtlMs: 1_000 });
    const client = await connected();
    await world.publishMany(3);
    await world.clock.advance(10_000);
    expect(world.table.sweep()).toEqual({ feedsReleased: 0, eventsExpired: 3 });
    client.disconnect();
    await world.clock.advance(4_999);
    expect(world.table.sweep().feedsReleased).toBe(0);
    await world.clock.advance(1);
    expect(world.table.sweep().feedsReleased).toBe(1);
    expect(world.table.stats()).toEqual({ feeds: 0, readers: 0, ringEntries: 0, ringBytes: 0 });
  });

  it('reads pages with the same positions', async () => {
    world = new FeedWorld({}, { retain: 6 });
    await world.publishMany(10);
    const first = await world.table.readPage(SESSION, undefined, 4);
    expect([first.events.map(({ seq }) => seq), first.next, first.gaps]).toEqual([[5, 6, 7, 8], 'e1-8', []]);
    const second = await world.table.readPage(SESSION, first.next, 4);
    expect([second.events.map(({ seq }) => seq), second.next]).toEqual([[9, 10], 'e1-10']);
    expect(await world.table.readPage(SESSION, 'e1-10', 4)).toMatchObject({ events: [], next: 'e1-10' });
    expect((await world.table.readPage(SESSION, 'e1-2', 2)).gaps).toEqual([{ from: 'e1-2', to: 'e1-4' }]);
    expect((await world.table.readPage(SESSION, 'x', 2)).reset).toBe('invalid_position');
    expect((await world.table.readPage(SESSION, 'e1-99', 2)).reset).toBe('position_unknown');
  });

  it('passes a failing log on to the reader of a page', async () => {
    world = new FeedWorld();
    world.logFate = 'fail';
    await expect(world.table.readPage(SESSION, undefined, 4)).rejects.toBeInstanceOf(VanaError);
  });
});
