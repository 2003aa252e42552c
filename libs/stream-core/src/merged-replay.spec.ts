// Merged replay: whatever the cut, the texts put together by offset are the stored ones.
import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FeedWorld } from './spec/feed-world.js';
import { RecordingClient } from './spec/recording-client.js';

let world: FeedWorld;
afterEach(() => void world.table.close());

interface ChunkData {
  readonly messageId: string;
  readonly offset: number;
  readonly delta: string;
  readonly merged?: { from: string; to: string };
}

/** What a client shows: chunks applied by offset, other events listed. */
class Screen {
  readonly texts: Record<string, string> = {};
  readonly others: string[] = [];

  show(client: RecordingClient, blocks = client.batches.length): this {
    for (const { entries } of client.batches.slice(0, blocks)) {
      for (const { event } of entries) {
        if (event.type !== 'message_chunk') {
          this.others.push(event.id);
          continue;
        }
        const { messageId, offset, delta } = event.data as unknown as ChunkData;
        const text = this.texts[messageId] ?? '';
        expect(offset).toBeLessThanOrEqual(text.length);
        this.texts[messageId] = text.slice(0, offset) + delta + text.slice(offset + delta.length);
      }
    }
    return this;
  }
}

async function publishText(parts: readonly (readonly [message: string, delta: string] | 'other')[]): Promise<Screen> {
  const stored = new Screen();
  for (const part of parts) {
    if (part === 'other') {
      stored.others.push((await world.publish('agents')).event.id);
      continue;
    }
    const [messageId, delta] = part;
    const offset = stored.texts[messageId]?.length ?? 0;
    stored.texts[messageId] = (stored.texts[messageId] ?? '') + delta;
    await world.publish('chat', {
      type: 'message_chunk',
      runId: 'r1',
      data: { messageId, agentId: 'a', offset, delta },
    });
  }
  return stored;
}

async function joined(position?: string): Promise<RecordingClient> {
  const client = new RecordingClient(world.table, undefined, 'all', { merge: true }).connect(position);
  await world.clock.flush();
  return client;
}

describe('merged replay', () => {
  it('gives 10,000 chunks for at most 1.2 times their text, then goes on exactly', async () => {
    world = new FeedWorld({ eventTtlMs: 1 });
    const parts = Array.from({ length: 10_000 }, (_, n) => ['m', `tok${n % 100} `] as const);
    const stored = await publishText(parts);
    const client = await joined();
    const bytes = client.batches.reduce((sum, batch) => sum + batch.bytes.length, 0);
    expect(new Screen().show(client).texts).toEqual(stored.texts);
    expect(bytes).toBeLessThan(1.2 * stored.texts['m']!.length);

    const live = client.batches.length;
    await publishText([
      ['m2', 'x'],
      ['m2', 'y'],
    ]);
    await world.clock.flush();
    expect(client.batches.slice(live).flatMap(({ entries }) => entries)).toHaveLength(2);
  });

  it('names the range, and only the last block of a run carries its end', async () => {
    world = new FeedWorld();
    await publishText([['a', '1'], ['b', '2'], ['a', '3'], 'other', ['a', '4']]);
    const client = await joined();
    const entries = client.batches.flatMap((batch) => [...batch.entries]);
    expect(entries.map(({ seq }) => seq)).toEqual([0, 3, 4, 5]);
    expect(entries[0]!.event.data).toMatchObject({ offset: 0, delta: '13', merged: { from: 'e1-0', to: 'e1-3' } });
    expect(entries[1]!.event.data).toMatchObject({ offset: 0, delta: '2', merged: { from: 'e1-0', to: 'e1-3' } });
    expect(entries[3]!.event.data).not.toHaveProperty('merged');
  });

  it('starts another block where a text is begun anew', async () => {
    world = new FeedWorld();
    for (const [offset, delta] of [
      [0, 'old '],
      [4, 'text'],
      [0, 'new '],
      [4, 'one'],
    ] as const) {
      await world.publish('chat', { type: 'message_chunk', data: { messageId: 'm', offset, delta } });
    }
    const entries = (await joined()).batches.flatMap((batch) => [...batch.entries]);
    expect(entries.map(({ event, seq }) => [seq, event.data['delta']])).toEqual([
      [0, 'old text'],
      [4, 'new one'],
    ]);
  });

  it('resumes exactly from a cut at any block', async () => {
    const part = fc.oneof(
      { weight: 6, arbitrary: fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.string({ minLength: 1, maxLength: 5 })) },
      { weight: 1, arbitrary: fc.constant('other' as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 2, maxLength: 40 }), fc.nat(100), async (parts, pick) => {
        world = new FeedWorld({ shapedItems: 7, ringCapacity: 5 });
        const stored = await publishText(parts);
        const whole = await joined();
        const blocks = whole.batches.flatMap(({ entries }) => entries.map((entry) => ({ entries: [entry] })));
        const cut = 1 + (pick % blocks.length);
        const first = new Screen();
        first.show({ batches: blocks } as unknown as RecordingClient, cut);
        const rest = await joined(`e1-${blocks[cut - 1]!.entries[0]!.seq}`);
        const screen = first.show(rest);
        void world.table.close();
        expect(screen.texts).toEqual(stored.texts);
        expect(screen.others).toEqual(stored.others);
      }),
      { numRuns: 300 },
    );
  });
});

describe('adaptive delivery', () => {
  const progress = (n: number): object => ({
    runId: 'r1',
    status: 'running',
    overall_progress: n / 100,
    current_phase: 'p',
    agents: [],
  });

  it('gives a lagging reader the newest state only, says so, and returns to exact', async () => {
    world = new FeedWorld();
    const client = new RecordingClient(world.table, undefined, 'recent', { delivery: 'adaptive' }).connect();
    await world.clock.flush();
    client.slow = true;
    await world.publish();
    await world.clock.flush();
    for (let n = 0; n < 50; n++) {
      await world.publish('research', { type: 'research_progress', runId: 'r1', data: { ...progress(n) } });
      if (n % 10 === 0) await world.publish('agents');
    }
    await world.clock.flush();
    client.slow = false;
    client.drain();
    await world.clock.flush();
    const types = client.batches.flatMap(({ entries }) => entries.map(({ event }) => event.type));
    expect(types.filter((type) => type === 'research_progress')).toHaveLength(1);
    expect(types.filter((type) => type === 'x.test.step')).toHaveLength(6);
    const survivor = client.batches
      .flatMap(({ entries }) => [...entries])
      .find(({ event }) => event.type === 'research_progress')!;
    expect(survivor.event.data).toMatchObject({
      overall_progress: 0.49,
      supersedes: { from: 'e1-1', to: `e1-${survivor.seq}` },
    });
    expect(client.blocks.filter(({ type }) => type === 'delivery').map(({ data }) => data)).toEqual([
      { mode: 'adaptive', range: { from: 'e1-1', to: 'e1-56' } },
      { mode: 'exact' },
    ]);
    await world.publish('research', { type: 'research_progress', runId: 'r1', data: { ...progress(60) } });
    await world.publish('research', { type: 'research_progress', runId: 'r1', data: { ...progress(61) } });
    await world.clock.flush();
    expect(client.batches.at(-1)!.entries).toHaveLength(2);
  });

  it('is not given to a reader that did not ask, or that does not lag', async () => {
    world = new FeedWorld();
    const exact = new RecordingClient(world.table).connect();
    const near = new RecordingClient(world.table, undefined, 'recent', { delivery: 'adaptive' }).connect();
    await world.clock.flush();
    exact.slow = near.slow = true;
    await world.publish();
    await world.clock.flush();
    for (let n = 0; n < 20; n++)
      await world.publish('research', { type: 'research_progress', runId: 'r1', data: { ...progress(n) } });
    for (const client of [exact, near]) {
      client.slow = false;
      client.drain();
    }
    await world.clock.flush();
    for (const client of [exact, near]) expect(client.seqs).toEqual(world.expected(0, client.channels));
  });
});
