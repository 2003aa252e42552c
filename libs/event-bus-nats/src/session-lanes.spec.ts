import { describe, expect, it } from '@jest/globals';
import { SessionLanes } from './session-lanes.js';

describe('SessionLanes', () => {
  it('runs the tasks of one key one after the other, also after one has failed', async () => {
    const lanes = new SessionLanes(10);
    const seen: string[] = [];
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const first = lanes.run('a', async () => {
      seen.push('first starts');
      await gate;
      seen.push('first fails');
      throw new Error('first');
    });
    const second = lanes.run('a', async () => seen.push('second'));
    await lanes.run('b', async () => seen.push('other key'));
    expect(seen).toEqual(['first starts', 'other key']);
    release();
    await expect(first).rejects.toThrow('first');
    await second;
    expect(seen).toEqual(['first starts', 'other key', 'first fails', 'second']);
  });

  it('remembers tails, and forgets the least recently used beyond its limit', async () => {
    const lanes = new SessionLanes(2);
    const set = (key: string, tail: number) => lanes.run(key, async (lane) => (lane.tail = tail));
    const tailOf = (key: string) => lanes.run(key, async (lane) => lane.tail);
    await set('a', 1);
    await set('b', 2);
    await tailOf('a');
    await set('c', 3);
    expect(lanes.size).toBe(2);
    expect([await tailOf('a'), await tailOf('c')]).toEqual([1, 3]);
    expect(await tailOf('b')).toBe(0);
  });

  it('never forgets a lane with work in it', async () => {
    const lanes = new SessionLanes(0);
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const busy = lanes.run('a', async (lane) => {
      await gate;
      lane.tail = 9;
    });
    await lanes.run('b', async () => undefined);
    expect(lanes.size).toBe(1);
    const queued = lanes.run('a', async (lane) => lane.tail);
    release();
    await busy;
    expect(await queued).toBe(9);
    expect(lanes.size).toBe(0);
  });
});
