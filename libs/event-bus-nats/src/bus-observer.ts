// What the adapter tells of itself; metrics and logs are made from it. No method may throw.
import type { SessionKey } from '@vana/events';

export interface BusObserver {
  /** A live copy without the headers or the body that our publishers write was dropped. */
  liveDropped(session: SessionKey): void;
  /** The same for a stored message: readers see a gap in its place. */
  storedUnreadable(session: SessionKey, seq: number): void;
  /** A listener of ours threw; the connection and later entries are not touched. */
  listenerFailed(error: unknown): void;
  /** An attempt to publish is repeated: no answer in time, another publisher was first, or JetStream is not there. */
  publishRetried(session: SessionKey, why: 'timeout' | 'conflict' | 'refused'): void;
  /** The tails consumer was made anew, from `fromSeq` on. */
  tailsRestarted(fromSeq: number): void;
  /** The bus stream is another one than before. */
  epochChanged(epoch: string): void;
  /** A presence message that is none was ignored. */
  beatIgnored(): void;
}

const nothing = (): void => undefined;

/** The observer with nothing done for what it leaves out. */
export function completeObserver(observer: Partial<BusObserver> = {}): BusObserver {
  return {
    liveDropped: nothing,
    storedUnreadable: nothing,
    listenerFailed: nothing,
    publishRetried: nothing,
    tailsRestarted: nothing,
    epochChanged: nothing,
    beatIgnored: nothing,
    ...observer,
  };
}
