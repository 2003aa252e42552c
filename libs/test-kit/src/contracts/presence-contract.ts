// What every Presence must do: pods that announce themselves are seen by those who watch.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { BroadcasterBeat, Presence } from '@vana/routing';
import { eventually } from '../eventually.js';

export interface PresenceUnderTest {
  /** A broadcaster's side and a gateway's side; one object where both live in one process. */
  readonly pod: Presence;
  readonly watcher: Presence;
  /** Lets time pass for both sides. */
  advance(ms: number): Promise<void>;
  close(): Promise<void>;
}

export function presenceContract(name: string, setUp: () => Promise<PresenceUnderTest>): void {
  describe(`Presence: ${name}`, () => {
    let sides: PresenceUnderTest;
    beforeEach(async () => {
      sides = await setUp();
    });
    afterEach(() => sides.close());

    const beat = (podId: string, overrides: Partial<BroadcasterBeat> = {}): BroadcasterBeat => ({
      podId,
      url: `http://127.0.0.1/${podId}`,
      connections: 3,
      maxConnections: 10,
      draining: false,
      ...overrides,
    });
    const seen = (): string[] => sides.watcher.present().map(({ podId }) => podId);

    it('lists pods with what their beats say, and forgets one that says good-bye', async () => {
      expect(sides.watcher.present()).toEqual([]);
      const leaveA = await sides.pod.announce(() => beat('a'));
      const leaveB = await sides.pod.announce(() => beat('b', { connections: 7 }));
      await eventually(() => seen().length === 2);
      expect(sides.watcher.present()).toEqual(expect.arrayContaining([beat('a'), beat('b', { connections: 7 })]));
      await leaveA();
      await eventually(() => seen().join() === 'b');
      await leaveA();
      await leaveB();
      await eventually(() => seen().length === 0);
    });

    it('tells changes of the set, of draining and of addresses, but not of the load', async () => {
      let changes = 0;
      const stop = sides.watcher.onChange(() => changes++);
      let current = beat('a');
      const leave = await sides.pod.announce(() => current);
      await eventually(() => changes === 1);

      current = beat('a', { connections: 9 });
      await sides.advance(1_000);
      await eventually(() => sides.watcher.present()[0]?.connections === 9);
      expect(changes).toBe(1);

      current = beat('a', { draining: true });
      await sides.advance(1_000);
      await eventually(() => changes === 2);
      expect(sides.watcher.present()).toEqual([current]);

      stop();
      await leave();
      await eventually(() => seen().length === 0);
      expect(changes).toBe(2);
    });

    it('discovers at once who is there, and gives up after the time allowed when nobody is', async () => {
      const nobody = sides.watcher.discover(500);
      await sides.advance(500);
      await nobody;
      const leave = await sides.pod.announce(() => beat('a'));
      await sides.watcher.discover(5_000);
      expect(seen()).toEqual(['a']);
      await leave();
    });
  });
}
