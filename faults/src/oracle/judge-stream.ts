// Publishers against the stream: what was acknowledged is stored, once, and each message names the one before.
import type { Acknowledged } from '../load/session-writer.js';
import type { Stored } from './stored.js';
import type { Findings } from './verdicts.js';

export function keyOf({ tenant, sessionId }: { tenant: string; sessionId: string }): string {
  return `${tenant}.${sessionId}`;
}

/**
 * @param dropped whether an acknowledged sequence may be missing: retention took it
 */
export function judgeAcknowledged(
  acknowledged: readonly Acknowledged[],
  sessions: ReadonlyMap<string, readonly Stored[]>,
  dropped: (session: string, seq: number) => boolean,
  findings: Findings,
): void {
  const bySequence = new Map<number, Stored>();
  for (const list of sessions.values()) for (const stored of list) bySequence.set(stored.seq, stored);
  for (const { session, event, seq } of acknowledged) {
    const key = keyOf(session);
    const stored = bySequence.get(seq);
    if (!stored && dropped(key, seq)) continue;
    if (stored?.session !== key || stored.body !== JSON.stringify(event)) {
      findings.add('unstored', `${key}: ${event.id} was acknowledged as ${seq}`);
    }
  }
}

/**
 * @param retention whether the front of the session may be gone
 * @param poison sequences that no publisher of ours has stored; the next one of ours names them all the same
 */
export function judgeChain(
  session: string,
  stored: readonly Stored[],
  { retention, poison }: { readonly retention: boolean; readonly poison: ReadonlySet<number> },
  findings: Findings,
): void {
  const ids = new Set<string>();
  let last = 0;
  for (const [index, { seq, prev, messageId }] of stored.entries()) {
    if (messageId !== '' && ids.has(messageId)) findings.add('stored_twice', `${session}: ${messageId} at ${seq}`);
    ids.add(messageId);
    const front = index === 0 && retention;
    if (prev !== last && !front && !poison.has(seq)) {
      findings.add('broken_chain', `${session}: ${seq} names ${prev}, before it is ${last}`);
    }
    last = seq;
  }
}
