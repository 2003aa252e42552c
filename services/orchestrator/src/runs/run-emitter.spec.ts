import { beforeEach, describe, expect, it } from '@jest/globals';
import { FakeClock } from '@vana/test-kit';
import type { EngineEvent } from '../engine/research-engine.js';
import { Continuation } from './continuation.js';
import { RunEmitter } from './run-emitter.js';
import type { RunPublisher } from './run-publisher.js';

const chunk = (offset: number, delta: string, messageId = 'm'): EngineEvent => ({
  type: 'message_chunk',
  channel: 'chat',
  agentId: 'writer',
  data: { messageId, agentId: 'writer', offset, delta },
});
const update = (n: number): EngineEvent => ({ type: 'agent_network_update', channel: 'agents', data: { n } });
const thought: EngineEvent = { type: 'thinking_update', channel: 'agents', data: {} };

let clock: FakeClock;
let stored: EngineEvent[];
/** Resolves the stores that wait, where `slow`. */
let waiting: (() => void)[];
let slow: boolean;
let fails: Error | undefined;
let emitter: RunEmitter;
beforeEach(() => {
  clock = new FakeClock();
  [stored, waiting, slow, fails] = [[], [], false, undefined];
  let queue = Promise.resolve();
  const step = (event: EngineEvent): Promise<void> => {
    const done = queue.then(async () => {
      if (slow) await new Promise<void>((resolve) => waiting.push(resolve));
      if (fails) throw fails;
      stored.push(event);
    });
    queue = done.catch(() => undefined);
    return done;
  };
  const publisher = { step } as unknown as RunPublisher;
  emitter = new RunEmitter(clock, publisher, new Continuation('r1', []), new AbortController().signal);
});
const deltas = (): unknown[] => stored.map(({ type, data }) => data['delta'] ?? data['n'] ?? type);

describe('tokens', () => {
  it('are gathered for 50 ms', async () => {
    await emitter.emit(chunk(0, 'a'));
    await clock.advance(30);
    await emitter.emit(chunk(1, 'b'));
    await clock.advance(19);
    expect(stored).toEqual([]);
    await clock.advance(1);
    expect(stored).toEqual([chunk(0, 'ab')]);
    await emitter.emit(chunk(2, 'c'));
    await clock.advance(50);
    expect(stored[1]).toEqual(chunk(2, 'c'));
  });

  it('are stored at once when they are 128 characters', async () => {
    await emitter.emit(chunk(0, 'x'.repeat(127)));
    await clock.flush();
    expect(stored).toEqual([]);
    await emitter.emit(chunk(127, 'yz'));
    await clock.flush();
    expect(stored).toEqual([chunk(0, `${'x'.repeat(127)}yz`)]);
    expect(clock.scheduled).toBe(0);
  });

  it('of two messages, and after a hole, stay apart', async () => {
    for (const each of [chunk(0, 'a'), chunk(0, 'b', 'n'), chunk(5, 'c', 'n')]) await emitter.emit(each);
    await emitter.flush();
    expect(stored).toEqual([chunk(0, 'a'), chunk(0, 'b', 'n'), chunk(5, 'c', 'n')]);
  });

  it('come before what is told after them, awaited or not', async () => {
    slow = true;
    const all = [
      emitter.emit(chunk(0, 'a')),
      emitter.emit(thought),
      emitter.emit(chunk(1, 'b')),
      emitter.emit(thought),
    ];
    for (let n = 0; n < 4; n++) {
      await clock.flush();
      waiting.shift()?.();
    }
    await Promise.all(all);
    expect(deltas()).toEqual(['a', 'thinking_update', 'b', 'thinking_update']);
  });

  it('grow while the bus is slow, and hold up their writer when it is far behind', async () => {
    slow = true;
    const size = 400;
    let taken = 0;
    const write = async (): Promise<void> => {
      for (let n = 0; n < 60; n++) {
        await emitter.emit(chunk(n * size, 'x'.repeat(size)));
        taken++;
      }
    };
    const writing = write();
    await clock.advance(200);
    expect(taken).toBeGreaterThan(10);
    expect(taken).toBeLessThan(30);
    slow = false;
    waiting.shift()?.();
    for (let n = 0; n < 10; n++) {
      await clock.flush();
      waiting.shift()?.();
    }
    await writing;
    await emitter.flush();
    expect((stored[1]!.data['delta'] as string).length).toBeGreaterThan(8_000);
    const text = stored.map(({ data }) => data['delta'] as string).join('');
    expect(text).toHaveLength(60 * size);
  });

  it('of a thousand cost sixty publishes at most', async () => {
    for (let n = 0; n < 1_000; n++) {
      await emitter.emit(chunk(n * 5, 'abcd '));
      if (n % 2 === 1) await clock.advance(5); // 400 a second
    }
    await emitter.flush();
    expect(stored.length).toBeLessThanOrEqual(60);
    expect(stored.map(({ data }) => data['delta']).join('')).toBe('abcd '.repeat(1_000));
  });

  it('that could not be stored are told of at the next one', async () => {
    fails = new Error('gone');
    await emitter.emit(chunk(0, 'a'));
    await clock.advance(50);
    await expect(emitter.emit(chunk(1, 'b'))).rejects.toThrow('gone');
    await expect(emitter.flush()).rejects.toThrow('gone');
  });
});

describe('states of the network', () => {
  it('are told five times a second, the newest ones', async () => {
    for (let n = 0; n < 100; n++) {
      await emitter.emit(update(n));
      await clock.advance(10);
    }
    await clock.advance(200);
    expect(deltas()).toEqual([0, 19, 39, 59, 79, 99].map((n) => (n === 0 ? 0 : expect.any(Number))));
    expect(stored.at(-1)).toEqual(update(99));
  });

  it('that are held back are told at the end, or forgotten', async () => {
    await emitter.emit(update(1));
    await emitter.emit(update(2));
    await emitter.flush();
    expect(deltas()).toEqual([1, 2]);
    await emitter.emit(update(3));
    emitter.stop();
    await clock.advance(1_000);
    expect(deltas()).toEqual([1, 2]);
    expect(clock.scheduled).toBe(0);
  });
});
