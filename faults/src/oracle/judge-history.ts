// Redis against the stream: a session's history is a chain of stored events, in order, byte by byte, or nothing.
import type { Redis } from 'ioredis';
import type { Stored } from './stored.js';
import type { Findings } from './verdicts.js';

/** @returns entries compared */
export async function judgeHistory(
  redis: Redis,
  session: string,
  epoch: string,
  stored: readonly Stored[],
  findings: Findings,
): Promise<number> {
  const items = await redis.xrange(`vana:history:{${session}}:${epoch}`, '-', '+');
  const bySequence = new Map(stored.map((one) => [one.seq, one]));
  let last: number | undefined;
  for (const [id, fields] of items) {
    const seq = Number(id.split('-')[0]);
    const field = (name: string): string | undefined => fields[fields.indexOf(name) + 1];
    const truth = bySequence.get(seq);
    const prev = Number(field('prev'));
    if (last !== undefined && prev !== last)
      findings.add('bad_history', `${session}: ${seq} names ${prev}, after ${last}`);
    // Retention may have dropped the stored one in the meantime.
    if (truth && (truth.body !== field('event') || truth.prev !== prev)) {
      findings.add('bad_history', `${session}: ${seq} is not what is stored`);
    }
    last = seq;
  }
  return items.length;
}
