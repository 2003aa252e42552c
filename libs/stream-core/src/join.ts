// How an entry joins a position: the one rule by which loss, repetition and foreign positions are seen,
// for live copies, history and log alike.

export type JoinVerdict =
  /** At or before the position: seen already. */
  | 'drop'
  /** The next one. */
  | 'emit'
  /** The session has events between the position and this entry. */
  | 'missing'
  /** This entry is the first that the log knew of its session: what the position stood for is gone. */
  | 'gap'
  /** The position is not one of this session. */
  | 'reset';

/**
 * @param entry `seq` of the entry, `prev` of the session's event before it (0: none)
 * @param position last sequence considered (0: before the first)
 */
export function join(entry: { readonly seq: number; readonly prev: number }, position: number): JoinVerdict {
  if (entry.seq <= position) return 'drop';
  if (entry.prev === position) return 'emit';
  if (entry.prev > position) return 'missing';
  if (entry.prev > 0) return 'reset';
  // prev = 0 and position > 0. Where the position ends right before the entry, nothing lies in between:
  // so ends the gap that this rule makes, and a reader who resumes there is not told of it again.
  return entry.seq === position + 1 ? 'emit' : 'gap';
}
