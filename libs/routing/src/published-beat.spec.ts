// The beat as it is published in docs/api: the contract cannot import it, so its fields are compared here.
import { expect, it } from '@jest/globals';
import { broadcasterBeatSchema } from '@vana/events';
import type { BroadcasterBeat } from './index.js';

it('is the beat that broadcasters send', () => {
  const beat: Required<BroadcasterBeat> = {
    podId: 'b1',
    url: 'http://10.0.0.7:8082',
    connections: 3,
    maxConnections: 10_000,
    draining: false,
  };
  expect(Object.keys(broadcasterBeatSchema.shape).sort()).toEqual(Object.keys(beat).sort());
  expect(broadcasterBeatSchema.parse(beat)).toEqual(beat);
});
