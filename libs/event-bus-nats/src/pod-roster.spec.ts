import { describe, expect, it } from '@jest/globals';
import type { BroadcasterBeat } from '@vana/routing';
import { PodRoster } from './pod-roster.js';

const beat = (podId: string, overrides: Partial<BroadcasterBeat> = {}): BroadcasterBeat => ({
  podId,
  url: `http://${podId}`,
  connections: 0,
  maxConnections: 10,
  draining: false,
  ...overrides,
});

describe('PodRoster', () => {
  const ids = (roster: PodRoster): string[] => roster.present().map(({ podId }) => podId);

  it('drops a pod that is silent for more than 3 s while another one is heard', () => {
    const roster = new PodRoster();
    expect(roster.heard(beat('a'), 0)).toEqual({ changed: true, silent: [] });
    expect(roster.heard(beat('b'), 100)).toEqual({ changed: true, silent: [] });
    for (const nowMs of [1_000, 2_000, 3_000]) {
      expect(roster.heard(beat('b'), nowMs)).toEqual({ changed: false, silent: [] });
    }
    expect(ids(roster)).toEqual(['a', 'b']);
    expect(roster.heard(beat('b'), 3_001)).toEqual({ changed: true, silent: ['a'] });
    expect(ids(roster)).toEqual(['b']);
  });

  it('keeps everybody when nobody is heard, however their last beats were spread', () => {
    const roster = new PodRoster();
    roster.heard(beat('a'), 0);
    roster.heard(beat('b'), 900);
    expect(ids(roster)).toEqual(['a', 'b']);
    // The bus comes back after a minute: the first beat says that the bus is well, not that the other is gone.
    expect(roster.heard(beat('b'), 60_000)).toEqual({ changed: false, silent: [] });
    expect(roster.heard(beat('a'), 60_500)).toEqual({ changed: false, silent: [] });
    expect(ids(roster)).toEqual(['a', 'b']);
    for (const nowMs of [61_500, 62_500, 63_500]) expect(roster.heard(beat('b'), nowMs).silent).toEqual([]);
    expect(roster.heard(beat('b'), 63_600)).toEqual({ changed: true, silent: ['a'] });
  });

  it('does not forget, over a common pause, how long a pod had been silent before', () => {
    const roster = new PodRoster();
    roster.heard(beat('a'), 0);
    for (const nowMs of [1_000, 2_000]) roster.heard(beat('b'), nowMs);
    expect(roster.heard(beat('b'), 60_000).silent).toEqual([]);
    expect(roster.heard(beat('b'), 61_000).silent).toEqual([]);
    expect(roster.heard(beat('b'), 61_001).silent).toEqual(['a']);
  });

  it('reports changes of address and draining, not of the load', () => {
    const roster = new PodRoster();
    roster.heard(beat('a'), 0);
    expect(roster.heard(beat('a', { connections: 5 }), 1).changed).toBe(false);
    expect(roster.heard(beat('a', { draining: true }), 2).changed).toBe(true);
    expect(roster.heard(beat('a', { draining: true, url: 'http://other' }), 3).changed).toBe(true);
    expect(roster.left('a')).toBe(true);
    expect(roster.left('a')).toBe(false);
    expect(roster.present()).toEqual([]);
  });
});
