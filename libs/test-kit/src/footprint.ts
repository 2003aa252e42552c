// What this process holds: for tests that nothing is left behind.
import { readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export interface Footprint {
  /** Bytes on the heap and in buffers, after a garbage collection. */
  readonly bytes: number;
  /** Open descriptors; 0 where the system does not tell. */
  readonly descriptors: number;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

export async function footprint(): Promise<Footprint> {
  // Finalisers run in later turns, and free what the next collection finds.
  for (let round = 0; round < 4; round++) {
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external } = process.memoryUsage();
  const descriptors = process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0;
  return { bytes: heapUsed + external, descriptors };
}
