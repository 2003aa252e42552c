// Where a reader starts and what it is told about it: the verdict of the first block.
import { formatPosition, parsePosition, type Resume } from '@vana/events';
import type { FeedContext } from './feed-ports.js';
import type { HistoryWriter } from './history-writer.js';
import { join } from './join.js';
import { patientHistory } from './patient-history.js';
import type { LogEntry } from './ports/log-entry.js';
import type { AttachRequest } from './reader.js';
import type { Ring } from './ring.js';

export interface ReplayStart {
  readonly from: number;
  readonly resume: Resume;
}

type ResetReason = NonNullable<Resume['reason']>;

export class ReplayStartFinder {
  constructor(
    private readonly context: FeedContext,
    private readonly writer: HistoryWriter,
    private readonly ring: Ring,
  ) {}

  /**
   * The ring's end must have been compared with the log's tail before this is asked.
   * @throws VanaError bus_unavailable
   */
  async find(request: Pick<AttachRequest, 'position' | 'replay'>): Promise<ReplayStart> {
    if (request.position === undefined) return this.#fresh(request.replay);
    const position = parsePosition(request.position);
    if (!position) return this.#reset('invalid_position', request.replay);
    if (position.epoch !== this.context.log.epoch) return this.#reset('epoch_changed', request.replay);
    return (await this.#resumed(position.seq)) ?? this.#reset('position_unknown', request.replay);
  }

  /** `undefined`: the position is not one of this session. */
  async #resumed(position: number): Promise<ReplayStart | undefined> {
    if (this.ring.covers(position) && position <= this.ring.last) {
      return this.ring.knows(position) ? this.#start(position, 'resumed') : undefined;
    }
    if (position > this.ring.last) {
      // Another pod may be ahead of this one's live copies. The tail is asked before what follows is read:
      // the other way round an event stored in between would make a good position look foreign.
      const tail = await this.context.log.lastSeq(this.context.session);
      if (tail < position) return undefined;
      if (tail === position) return this.#start(position, 'resumed');
    }
    const first = await this.#firstAfter(position);
    const verdict = first ? join(first, position) : 'gap';
    if (verdict === 'reset') return undefined;
    if (verdict === 'emit') return this.#start(position, 'resumed');
    // Retention has dropped what follows the position; the feed announces the same range as a gap.
    const to = !first ? Math.max(position, this.ring.base) : verdict === 'missing' ? first.prev : first.seq - 1;
    return this.#start(position, 'partial', { omitted: this.#range(position, to) });
  }

  async #firstAfter(position: number): Promise<LogEntry | undefined> {
    const { history, log, session } = this.context;
    const [cached] = await patientHistory(this.context, () => history.read(session, log.epoch, position, 1));
    if (cached && join(cached, position) === 'emit') return cached;
    return (await log.read(session, position, 1))[0];
  }

  async #reset(reason: ResetReason, replay: AttachRequest['replay']): Promise<ReplayStart> {
    const { from, resume } = await this.#fresh(replay);
    return { from, resume: { ...resume, verdict: 'reset', reason } };
  }

  async #fresh(replay: AttachRequest['replay']): Promise<ReplayStart> {
    if (replay === 'none') return this.#start(this.ring.last, 'fresh');
    const from = replay === 'all' ? await this.#oldest() : await this.#recent(replay);
    if (from === 0) return this.#start(0, 'fresh');
    return this.#start(from, 'partial', { omitted: this.#range(0, from) });
  }

  async #oldest(): Promise<number> {
    const [first] = await this.context.log.read(this.context.session, 0, 1);
    return first ? first.prev : this.ring.last;
  }

  /** Position before the last `replay` events; for `recent` the last unexpired ones and all of an active run. */
  async #recent(replay: number | 'recent'): Promise<number> {
    const limit = replay === 'recent' ? this.context.limits.historyLimit : replay;
    if (limit === 0) return this.ring.last;
    const entries = await this.#lastEntries(limit);
    if (replay !== 'recent') return entries[0]?.prev ?? this.ring.last;

    const runStart = await this.#activeRunStart(entries);
    const oldest = this.context.clock.now() - this.context.limits.eventTtlMs;
    const unexpired = entries.find((entry) => entry.storedAtMs >= oldest)?.prev ?? this.ring.last;
    return Math.min(runStart ?? unexpired, unexpired);
  }

  /** From history where it reaches the ring, else from the log, which then fills history. */
  async #lastEntries(limit: number): Promise<LogEntry[]> {
    const { history, log, limits, session } = this.context;
    const inRing = this.ring.after(this.ring.base, limits.ringCapacity, Infinity).flatMap((item) => item.entry ?? []);
    if (inRing.length >= limit || this.ring.base === 0) return inRing.slice(-limit);
    const cached = await patientHistory(this.context, () => history.readBackward(session, log.epoch, Infinity, limit));
    const tail = cached.at(-1)?.seq ?? -1;
    if (tail >= this.ring.base && (cached.length >= limit || cached[0]!.prev === 0)) {
      return [...cached, ...inRing.filter((entry) => entry.seq > tail)].slice(-limit);
    }
    const entries = await log.readBackward(session, Infinity, limit);
    this.writer.writeBack(entries);
    return entries;
  }

  /** Position before the first event of the run that has not completed yet; `undefined` without such a run. */
  async #activeRunStart(entries: readonly LogEntry[]): Promise<number | undefined> {
    const runId = entries.findLast((entry) => entry.event.runId !== undefined)?.event.runId;
    const ofRun = (entry: LogEntry): boolean => entry.event.runId === runId;
    if (runId === undefined) return undefined;
    if (entries.some((entry) => ofRun(entry) && entry.event.type === 'research_complete')) return undefined;

    const { limits, log, session } = this.context;
    let first = entries.find(ofRun)!;
    while (first.event.type !== 'research_started' && first.prev > 0) {
      const earlier = (await log.readBackward(session, first.seq, limits.historyLimit)).find(ofRun);
      if (!earlier) break;
      first = earlier;
    }
    return first.prev;
  }

  #start(from: number, verdict: Resume['verdict'], more: Partial<Resume> = {}): ReplayStart {
    const { epoch } = this.context.log;
    const head = Math.max(from, this.ring.last);
    const resume = { verdict, from: formatPosition(epoch, from), head: formatPosition(epoch, head), ...more };
    return { from, resume };
  }

  #range(from: number, to: number): { from: string; to: string } {
    const { epoch } = this.context.log;
    return { from: formatPosition(epoch, from), to: formatPosition(epoch, to) };
  }
}
