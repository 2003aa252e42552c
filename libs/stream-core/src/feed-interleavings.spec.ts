// Whatever order live copies, losses, history trouble, slow sinks and disconnects come in: every client
// ends with exactly the stored events of its channels after its start, once and in order, or a named gap.
import { describe, expect, it } from '@jest/globals';
import { CHANNELS, type Channel } from '@vana/events';
import fc from 'fast-check';
import { FeedWorld, type LiveFate } from './spec/feed-world.js';
import { RecordingClient } from './spec/recording-client.js';

type Step =
  | { readonly do: 'publish'; readonly channel: Channel; readonly live: LiveFate; readonly tail: 'deliver' | 'keep' }
  | { readonly do: 'release'; readonly pick: number; readonly times: number }
  | { readonly do: 'connect' | 'disconnect' | 'slow' | 'fast'; readonly client: number }
  | { readonly do: 'history'; readonly fate: 'serve' | 'fail' | 'hang' }
  | { readonly do: 'flush_history' | 'rebuild' | 'elsewhere' | 'turn' | 'sweep' }
  | { readonly do: 'wait'; readonly ms: number };

const CLIENTS = 3;
const fate = fc.constantFrom<LiveFate>('deliver', 'deliver', 'keep', 'lose');
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('publish' as const),
      channel: fc.constantFrom(...CHANNELS),
      live: fate,
      tail: fc.constantFrom('deliver', 'keep'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('release' as const),
      pick: fc.nat(20),
      times: fc.integer({ min: 1, max: 2 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constantFrom('connect', 'disconnect', 'slow', 'fast'), client: fc.nat(CLIENTS - 1) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('history' as const), fate: fc.constantFrom('serve', 'fail', 'hang') }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('flush_history', 'rebuild', 'elsewhere', 'turn', 'turn', 'sweep') }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(10, 60, 260, 1_100) }) },
);

async function play(world: FeedWorld, clients: RecordingClient[], action: Step): Promise<void> {
  switch (action.do) {
    case 'publish':
      world.liveFate = action.live;
      world.tailFate = action.tail;
      await world.publish(action.channel);
      return;
    case 'release': {
      const deliver = world.kept[action.pick % Math.max(1, world.kept.length)];
      for (let n = 0; deliver && n < action.times; n++) deliver();
      if (action.times === 1 && deliver) world.kept.splice(world.kept.indexOf(deliver), 1);
      return;
    }
    case 'connect':
      if (!clients[action.client]!.connected) clients[action.client]!.connect();
      return;
    case 'disconnect':
      clients[action.client]!.disconnect();
      return;
    case 'slow':
      clients[action.client]!.slow = true;
      return;
    case 'fast':
      clients[action.client]!.slow = false;
      clients[action.client]!.drain();
      return;
    case 'history':
      world.historyFate = action.fate;
      return;
    case 'flush_history':
      await world.history.drop({ tenant: 't', sessionId: 's' }, 'e1');
      return;
    case 'rebuild':
      world.table.rebuildAll();
      return;
    case 'elsewhere':
      await world.publishElsewhere();
      return;
    case 'turn':
      await world.clock.flush();
      return;
    case 'sweep':
      world.table.sweep();
      return;
    case 'wait':
      await world.clock.advance(action.ms);
  }
}

/** Nothing is held back any more, everybody is connected and takes what comes. */
async function settle(world: FeedWorld, clients: RecordingClient[]): Promise<void> {
  world.tailFate = world.liveFate = 'deliver';
  for (const client of clients) {
    client.slow = false;
    if (!client.connected) client.connect();
    client.drain();
  }
  for (const tell of world.keptTails) tell();
  await world.clock.advance(20_000);
}

function missedWithoutGap(world: FeedWorld, client: RecordingClient): number[] {
  const seen = new Set(client.seqs);
  const inGap = (seq: number): boolean => client.gaps.some(({ from, to }) => seq > from && seq <= to);
  return world.expected(client.start!, client.channels).filter((seq) => !seen.has(seq) && !inGap(seq));
}

async function run(world: FeedWorld, steps: readonly Step[]): Promise<RecordingClient[]> {
  const clients = [
    new RecordingClient(world.table, undefined, 'all'),
    new RecordingClient(world.table, new Set<Channel>(['research', 'chat']), 5),
    new RecordingClient(world.table, new Set<Channel>(['agents']), 'none'),
  ];
  for (const action of steps) await play(world, clients, action);
  await settle(world, clients);
  void world.table.close();
  return clients;
}

describe('a feed under every interleaving', () => {
  it('delivers each stored event exactly once and in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        const world = new FeedWorld(
          { ringCapacity: 6, pageSize: 4, historyLimit: 8, heldLimit: 5, idleMs: 500 },
          { historyEntries: 8 },
        );
        for (const client of await run(world, steps)) {
          expect(client.seqs).toEqual(world.expected(client.start!, client.channels));
          expect(client.gaps).toEqual([]);
          expect(client.verdicts.map(({ verdict }) => verdict)).not.toContain('reset');
        }
      }),
      { numRuns: 500 },
    );
  }, 60_000);

  it('names what retention has dropped, and nothing else is missing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80 }), async (steps) => {
        const world = new FeedWorld(
          { ringCapacity: 4, pageSize: 3, historyLimit: 4, heldLimit: 4 },
          { retain: 6, historyEntries: 4 },
        );
        for (const client of await run(world, steps)) {
          expect(client.seqs).toEqual([...new Set(client.seqs)].sort((a, b) => a - b));
          expect(missedWithoutGap(world, client)).toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
  }, 60_000);
});
