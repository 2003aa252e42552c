// Reading history as what it is: a cache that may fail or dawdle without anybody noticing.
import type { FeedContext } from './feed-ports.js';
import { within } from './patience.js';
import type { LogEntry } from './ports/log-entry.js';

/** The entries, or none when history fails or takes longer than `historyPatienceMs`. */
export async function patientHistory(
  { clock, limits, observer, session }: FeedContext,
  read: () => Promise<LogEntry[]>,
): Promise<LogEntry[]> {
  try {
    return (await within(clock, limits.historyPatienceMs, read())) ?? [];
  } catch (error) {
    observer.historyFailed(session, 'read', error);
    return [];
  }
}
