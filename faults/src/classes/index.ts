// All classes of faults, by number.
import { broadcasterKill } from './broadcaster-kill.js';
import type { FaultClass } from './fault-class.js';

export const CLASSES: readonly FaultClass[] = [broadcasterKill];

/** By number or name; all of them for `all`. `undefined` when there is none. */
export function findClasses(text: string): readonly FaultClass[] | undefined {
  if (text === 'all') return CLASSES;
  const wanted = text.split(',');
  const found = CLASSES.filter(({ number, name }) => wanted.includes(name) || wanted.includes(String(number)));
  return found.length === wanted.length ? found : undefined;
}
