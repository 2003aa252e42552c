import { describe, expect, it } from '@jest/globals';
import { FakeClock, eventLogContract, eventPublisherContract, newSession, sampleEvent } from '@vana/test-kit';
import type { BusUnderTest } from '@vana/test-kit';
import type { LogEntry } from '@vana/stream-core';
import { InMemoryBus } from './in-memory-bus.js';

const setUp = async (): Promise<BusUnderTest> => {
  const { log, publisher } = new InMemoryBus();
  return { log, publishers: [publisher, publisher], close: async () => undefined };
};
eventLogContract('in-memory', setUp);
eventPublisherContract('in-memory', setUp);

describe('InMemoryBus', () => {
  const session = newSession();
  const publish = (bus: InMemoryBus, id: string) => bus.publisher.publish(session, sampleEvent(session, id));

  it('drops the oldest events of a session beyond its limit; the chain still names them', async () => {
    const bus = new InMemoryBus({ maxEventsPerSession: 2 });
    for (const id of ['a', 'b', 'c', 'd']) await publish(bus, id);
    const entries = await bus.log.read(session, 0, 10);
    expect(entries.map(({ event, prev }) => [event.id, prev])).toEqual([
      ['c', 2],
      ['d', 3],
    ]);
  });

  it('drops events by age and then starts the chain anew', async () => {
    const clock = new FakeClock();
    const bus = new InMemoryBus({ now: () => clock.now(), maxAgeMs: 1_000 });
    await publish(bus, 'a');
    await clock.advance(600);
    await publish(bus, 'b');
    await clock.advance(600);
    expect((await bus.log.read(session, 0, 10)).map(({ event }) => event.id)).toEqual(['b']);
    await clock.advance(600);
    expect(await bus.log.lastSeq(session)).toBe(0);
    await publish(bus, 'c');
    expect(await bus.log.read(session, 0, 10)).toMatchObject([{ seq: 3, prev: 0 }]);
  });

  it('forgets ids after the duplicate window', async () => {
    const clock = new FakeClock();
    const bus = new InMemoryBus({ now: () => clock.now(), duplicateWindowMs: 1_000 });
    await publish(bus, 'a');
    await clock.advance(999);
    expect(await publish(bus, 'a')).toMatchObject({ seq: 1, duplicate: true });
    await clock.advance(1);
    expect(await publish(bus, 'a')).toMatchObject({ seq: 2, duplicate: false });
  });

  it('leaves it to the test when and whether live copies and tails come', async () => {
    const copies: (() => void)[] = [];
    const tails: (() => void)[] = [];
    const bus = new InMemoryBus({ live: (deliver) => copies.push(deliver), tails: (deliver) => tails.push(deliver) });
    const got: number[] = [];
    const heard: number[] = [];
    await bus.log.subscribe(session, (entry) => got.push(entry.seq));
    bus.log.onTail((_, seq) => heard.push(seq));
    await publish(bus, 'a');
    await publish(bus, 'b');
    expect([got, heard]).toEqual([[], []]);
    copies[1]!();
    copies[0]!();
    copies[0]!();
    tails[1]!();
    expect([got, heard]).toEqual([[2, 1, 1], [2]]);
  });

  it('reports what listeners throw', async () => {
    const errors: unknown[] = [];
    const clock = new FakeClock();
    const bus = new InMemoryBus({ onListenerError: (error) => errors.push(error) });
    const failure = new Error('listener fails');
    await bus.log.subscribe(session, () => {
      throw failure;
    });
    await publish(bus, 'a');
    await clock.flush();
    expect(errors).toEqual([failure]);
  });

  it('has another epoch and no events after it was re-created', async () => {
    const bus = new InMemoryBus({ epoch: 'one' });
    const epochs: string[] = [];
    const stop = bus.log.onEpochChange((epoch) => epochs.push(epoch));
    await publish(bus, 'a');
    bus.recreate('two');
    expect([bus.log.epoch, epochs]).toEqual(['two', ['two']]);
    expect(await bus.log.read(session, 0, 10)).toEqual([]);
    expect(await publish(bus, 'a')).toEqual({ epoch: 'two', seq: 1, duplicate: false });
    stop();
    bus.recreate('three');
    expect(epochs).toEqual(['two']);
    expect(new InMemoryBus().log.epoch).not.toBe(new InMemoryBus().log.epoch);
  });

  it('is not changed through objects that went in', async () => {
    const bus = new InMemoryBus();
    const event = sampleEvent(session, 'a', { data: { text: 'as published' } });
    await bus.publisher.publish(session, event);
    event.data.text = 'changed later';
    const [entry] = (await bus.log.read(session, 0, 1)) as [LogEntry];
    expect(entry.event.data).toEqual({ text: 'as published' });
  });
});
