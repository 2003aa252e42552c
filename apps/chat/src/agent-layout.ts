// Where each agent stands in the graph: under the one that it works for, siblings side by side.
import type { AgentView } from '@vana/stream-react';

export interface Place {
  readonly x: number;
  readonly y: number;
}

const COLUMN = 190;
const ROW = 96;
/** More siblings than this go on in the next row. */
const ACROSS = 2;

export function placesOf(agents: readonly Pick<AgentView, 'id' | 'parentId'>[]): ReadonlyMap<string, Place> {
  const known = new Set(agents.map(({ id }) => id));
  const children = Map.groupBy(agents, ({ parentId }) =>
    parentId !== undefined && known.has(parentId) ? parentId : '',
  );
  const places = new Map<string, Place>();
  const place = (ids: readonly string[], column: number, row: number): number => {
    let next = row;
    for (let at = 0; at < ids.length; at += ACROSS) {
      const side = ids.slice(at, at + ACROSS);
      const y = next;
      next = y + 1;
      side.forEach((id, index) => {
        if (places.has(id)) return;
        places.set(id, { x: (column + (index - (side.length - 1) / 2)) * COLUMN, y: y * ROW });
        const below = (children.get(id) ?? []).map((child) => child.id);
        if (below.length > 0) next = Math.max(next, place(below, column + (index - (side.length - 1) / 2), y + 1));
      });
    }
    return next;
  };
  let row = place(
    (children.get('') ?? []).map(({ id }) => id),
    0,
    0,
  );
  // A circle of parents has no beginning.
  for (const { id } of agents) if (!places.has(id)) row = place([id], 0, row);
  return places;
}
