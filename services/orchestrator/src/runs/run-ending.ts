// Ends a run that this pod holds. The order is what makes it heal: events, then the run's record, then the
// session. Stopped after the events: the run is lost, and its healer finds the end in the log (or the bus drops
// the second copy by its id). Stopped after the record: the session names an ended run, which holds nothing.
import { VanaError } from '@vana/events';
import type { SessionStore, TerminalRunStatus } from '@vana/run-state';
import type { Clock } from '@vana/stream-core';
import { retryPassing, type RetryLimits } from './retry.js';
import { completeEvent, errorEvent, failure, faultOf, type RunEnd } from './run-end.js';
import type { RunLease } from './run-lease.js';
import type { RunObserver, RunRef } from './run-observer.js';
import type { RunPublisher } from './run-publisher.js';
import { RunStopped } from './run-stop.js';

export interface EndingPorts {
  readonly sessions: SessionStore;
  readonly clock: Clock;
  readonly limits: RetryLimits;
  readonly observer: RunObserver;
}

/**
 * Publishes the end and records it. Tries as long as `signal` lets it.
 * @returns the status that the run ended with: `failed` instead of `end.status` when the bus refuses the report
 * @throws RunStopped lease_lost, or the signal's reason: the end is then somebody else's
 */
export async function settleRun(
  ports: EndingPorts,
  lease: RunLease,
  publisher: RunPublisher,
  end: RunEnd,
  signal: AbortSignal,
): Promise<TerminalRunStatus> {
  const told = await publishEnd(ports, lease, publisher, end, signal);
  await recordEnd(ports, lease, told, signal);
  return told.status;
}

/** The run's record, then the session's. @throws as settleRun */
export async function recordEnd(
  { sessions, clock, limits, observer }: EndingPorts,
  lease: RunLease,
  { status, reason }: Pick<RunEnd, 'status' | 'reason'>,
  signal: AbortSignal,
): Promise<void> {
  const run = lease.record;
  const options = { clock, limits, signal, onRetry: (error: unknown) => observer.retried(run, 'store', error) };
  await retryPassing(() => lease.finish(status, reason), options);
  await retryPassing(() => releaseSession(sessions, run, clock.now()), options);
}

/** The session no longer names the run. @throws VanaError store_unavailable | store_conflict */
export async function releaseSession(
  sessions: SessionStore,
  { tenant, sessionId, runId }: RunRef,
  nowMs: number,
): Promise<void> {
  await sessions.update({ tenant, sessionId }, (session) => {
    const { activeRunId, ...idle } = session;
    return activeRunId === runId ? { ...idle, updatedAtMs: nowMs } : undefined;
  });
}

async function publishEnd(
  { observer }: EndingPorts,
  lease: RunLease,
  publisher: RunPublisher,
  end: RunEnd,
  signal: AbortSignal,
): Promise<RunEnd> {
  const { runId } = lease.record;
  const tell = async (told: RunEnd): Promise<RunEnd> => {
    if (told.fault !== undefined) await publisher.single(errorEvent(runId, told.fault), 'error', signal);
    await publisher.single(completeEvent(runId, told), 'end', signal);
    return told;
  };
  try {
    return await tell(end);
  } catch (error) {
    if (isOver(error, signal)) throw error;
    // The bus refuses this end for good (a report above its size limit): nothing of it is stored.
    const refused = failure(faultOf(error));
    return tell(refused).catch((again: unknown) => {
      if (isOver(again, signal)) throw again;
      // Not even that: a record without its event is better than a session that is blocked for ever.
      observer.dropped(lease.record, again);
      return refused;
    });
  }
}

function isOver(error: unknown, signal: AbortSignal): boolean {
  if (signal.aborted || error instanceof RunStopped) return true;
  return error instanceof VanaError && error.code === 'publish_fenced';
}
