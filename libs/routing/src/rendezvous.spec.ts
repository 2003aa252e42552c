import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  LOAD_FACTOR,
  UNBOUNDED_CONNECTIONS,
  chooseBroadcaster,
  rankBroadcasters,
  type BroadcasterBeat,
} from './index.js';

const pod = (podId: string, change: Partial<BroadcasterBeat> = {}): BroadcasterBeat => ({
  podId,
  url: `http://${podId}:8082`,
  connections: 0,
  maxConnections: 10_000,
  draining: false,
  ...change,
});
const names = (pods: readonly BroadcasterBeat[]) => pods.map(({ podId }) => podId);
const keysOf = (count: number) => Array.from({ length: count }, (_, n) => `default.session-${n}`);

const idleFleet = fc
  .uniqueArray(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 12 })
  .map((ids) => ids.map((id) => pod(id)));
const anyKey = fc.string({ minLength: 1, maxLength: 130 });

describe('rendezvous', () => {
  it('has no pod to offer when none is there', () => {
    expect(chooseBroadcaster('default.s', [])).toBeUndefined();
    expect(rankBroadcasters('default.s', [pod('a', { draining: true })])).toEqual([]);
  });

  it('gives the same order whatever the order of the beats', () => {
    fc.assert(
      fc.property(anyKey, idleFleet, (key, pods) => {
        const ranked = names(rankBroadcasters(key, pods));
        expect(names(rankBroadcasters(key, pods.toReversed()))).toEqual(ranked);
        expect([...ranked].sort()).toEqual(names(pods).sort());
      }),
    );
  });

  it('moves only the keys of a pod that leaves, each to its own second choice', () => {
    fc.assert(
      fc.property(fc.array(anyKey, { minLength: 1 }), idleFleet, fc.nat(), (keys, pods, pick) => {
        const gone = pods[pick % pods.length]!.podId;
        const rest = pods.filter(({ podId }) => podId !== gone);
        for (const key of keys) {
          const before = names(rankBroadcasters(key, pods));
          expect(names(rankBroadcasters(key, rest))).toEqual(before.filter((id) => id !== gone));
        }
      }),
    );
  });

  it('answers alike for an excluded, a draining and a missing pod', () => {
    fc.assert(
      fc.property(anyKey, idleFleet, fc.nat(), (key, pods, pick) => {
        const out = pods[pick % pods.length]!.podId;
        const missing = chooseBroadcaster(
          key,
          pods.filter(({ podId }) => podId !== out),
        )?.podId;
        expect(chooseBroadcaster(key, pods, new Set([out]))?.podId).toBe(missing);
        const draining = pods.map((one) => (one.podId === out ? pod(out, { draining: true }) : one));
        expect(chooseBroadcaster(key, draining)?.podId).toBe(missing);
      }),
    );
  });

  it('spreads keys evenly, also consecutive ones over pods of similar names', () => {
    const pods = ['b-1', 'b-2', 'b-3', 'b-4', 'b-5', 'b-6', 'b-7'].map((id) => pod(id));
    const keys = keysOf(70_000);
    const counts = new Map<string, number>();
    for (const key of keys) {
      const id = chooseBroadcaster(key, pods)!.podId;
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    const expected = keys.length / pods.length;
    const chiSquare = names(pods).reduce((sum, id) => sum + ((counts.get(id) ?? 0) - expected) ** 2 / expected, 0);
    // 6 degrees of freedom: an even hash stays under 22.5 in 999 of 1,000 key sets.
    expect(chiSquare).toBeLessThan(22.5);
  });

  it('keeps every pod within the bound while connections arrive', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 8 }), fc.integer({ min: 1, max: 40 }), (podCount, distinct) => {
        const load = new Map(Array.from({ length: podCount }, (_, n) => [`b-${n}`, 0]));
        const keys = keysOf(distinct);
        for (let n = 0; n < 1_500; n++) {
          const beats = [...load].map(([id, connections]) => pod(id, { connections }));
          const { podId } = chooseBroadcaster(keys[n % distinct]!, beats)!;
          load.set(podId, load.get(podId)! + 1);
        }
        const bound = Math.max(UNBOUNDED_CONNECTIONS, Math.ceil((LOAD_FACTOR * 1_500) / podCount));
        expect(Math.max(...load.values())).toBeLessThanOrEqual(bound);
      }),
      { numRuns: 25 },
    );
  });

  it('keeps the readers of a session together while little is going on', () => {
    const key = 'default.s';
    const pods = ['a', 'b', 'c'].map((id) => pod(id));
    const first = chooseBroadcaster(key, pods)!.podId;
    const busier = pods.map((one) => pod(one.podId, { connections: one.podId === first ? 20 : 0 }));
    expect(chooseBroadcaster(key, busier)?.podId).toBe(first);
  });

  it('passes over a full or loaded pod, and takes it when there is no other', () => {
    const key = 'default.s';
    const pods = ['a', 'b', 'c'].map((id) => pod(id));
    const [first, second, third] = names(rankBroadcasters(key, pods));
    const full = pods.map((one) => (one.podId === first ? pod(one.podId, { connections: 5, maxConnections: 5 }) : one));
    expect(names(rankBroadcasters(key, full))).toEqual([second, third, first]);
    const loaded = pods.map((one) => pod(one.podId, { connections: one.podId === first ? 900 : 300 }));
    expect(names(rankBroadcasters(key, loaded))).toEqual([second, third, first]);
    expect(chooseBroadcaster(key, loaded, new Set([second!, third!]))?.podId).toBe(first);
  });
});
