import { expect, it } from '@jest/globals';
import { placesOf } from './agent-layout.js';

const agent = (id: string, parentId?: string) => ({ id, parentId });

it('puts agents under whom they work for, none on top of another', () => {
  const agents = [
    agent('lead'),
    ...['a', 'b', 'c'].map((id) => agent(id, 'lead')),
    agent('a-1', 'a'),
    agent('a-2', 'a'),
  ];
  const places = placesOf(agents);
  expect(places.size).toBe(agents.length);
  for (const { id, parentId } of agents) {
    if (parentId !== undefined) expect(places.get(id)!.y).toBeGreaterThan(places.get(parentId)!.y);
  }
  expect(new Set([...places.values()].map(({ x, y }) => `${x} ${y}`)).size).toBe(agents.length);
});

it('places everybody, also in a circle and under somebody unknown', () => {
  expect(placesOf([agent('a', 'b'), agent('b', 'a'), agent('c', 'nobody')]).size).toBe(3);
});
