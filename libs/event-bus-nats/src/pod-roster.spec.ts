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
    expect(roster.heard(beat('a'), 0)).toBe(true);
    expect(roster.heard(beat('b'), 100)).toBe(true);
    expect(roster.heard(beat('b'), 3_000)).toBe(false);
    expect(ids(roster)).toEqual(['a', 'b']);
    expect(roster.heard(beat('b'), 3_001)).toBe(true);
    expect(ids(roster)).toEqual(['b']);
  });

  it('keeps everybody when nobody is heard, however their last beats were spread', () => {
    const roster = new PodRoster();
    roster.heard(beat('a'), 0);
    roster.heard(beat('b'), 900);
    // The bus comes back after a minute: the first beat says that the bus is well, not that the other is gone.
    expect(ids(roster)).toEqual(['a', 'b']);
    expect(roster.heard(beat('b'), 60_000)).toBe(false);
    expect(ids(roster)).toEqual(['a', 'b']);
    roster.heard(beat('a'), 60_500);
    roster.heard(beat('b'), 63_600);
    expect(ids(roster)).toEqual(['b']);
  });

  it('reports changes of address and draining, not of the load', () => {
    const roster = new PodRoster();
    roster.heard(beat('a'), 0);
    expect(roster.heard(beat('a', { connections: 5 }), 1)).toBe(false);
    expect(roster.heard(beat('a', { draining: true }), 2)).toBe(true);
    expect(roster.heard(beat('a', { draining: true, url: 'http://other' }), 3)).toBe(true);
    expect(roster.left('a')).toBe(true);
    expect(roster.left('a')).toBe(false);
    expect(roster.present()).toEqual([]);
  });
});
