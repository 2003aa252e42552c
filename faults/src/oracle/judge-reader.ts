// The oracle's heart: one reader's record against what its session holds. It walks the record block by block,
// knowing where the reader is, and asks of every step whether what lies between was delivered or named.
import type { Block } from '../clients/sse-target.js';
import { type Findings } from './verdicts.js';
import type { WireEvent } from './wire.js';

export interface ReaderRecord {
  readonly name: string;
  readonly channels: readonly string[];
  readonly blocks: readonly Block[];
}

/** One life of a session's events. A stream that was re-created begins another one. */
export interface SessionTruth {
  readonly epoch: string;
  /** Every event that was ever stored, ascending: those that retention has dropped included. */
  readonly events: readonly WireEvent[];
  /** Sequences that no longer are in the stream: a gap may name them. */
  readonly dropped: ReadonlySet<number>;
  /** Stored messages that nobody can read: a gap must name them. */
  readonly unreadable: ReadonlySet<number>;
}

export interface Allowed {
  /** Verdict `reset`, for these reasons. */
  readonly resets?: readonly string[];
  readonly adaptive?: boolean;
}

export interface ReaderResult {
  readonly delivered: number;
  readonly connections: number;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

const FULL_STATE = new Set(['research_progress', 'agent_network_update', 'agent_progress']);
const CONTROL = new Set(['heartbeat', 'caught_up', 'closing', 'end', 'delivery']);

/**
 * @param lives the session's lives, the first one first; a `reset` leads from one into the next
 * @param complete whether the reader must have reached the end
 */
export function judgeReader(
  record: ReaderRecord,
  lives: readonly SessionTruth[],
  allowed: Allowed,
  findings: Findings,
  complete = true,
): ReaderResult {
  return new Judge(record, lives, allowed, findings).run(complete);
}

class Judge {
  #life = 0;
  /** Sequence up to which everything is accounted for; `undefined` before the first verdict. */
  #at: number | undefined;
  #delivered = 0;
  #connections = 0;
  /** Index in the life's events of the first one after `#at`. */
  #next = 0;
  readonly #seen = new Set<number>();
  /** Chunks that merged blocks have stood for, until the block that carries the run's end. */
  #merged = new Set<number>();
  /** Full states passed over, waiting for the one that stands for them. */
  #superseded: WireEvent[] = [];
  readonly #channels: ReadonlySet<string>;

  constructor(
    private readonly record: ReaderRecord,
    private readonly lives: readonly SessionTruth[],
    private readonly allowed: Allowed,
    private readonly findings: Findings,
  ) {
    this.#channels = new Set(record.channels);
  }

  run(complete: boolean): ReaderResult {
    for (const block of this.record.blocks) this.#take(block);
    if (complete) this.#takeEnd();
    return { delivered: this.#delivered, connections: this.#connections };
  }

  get #truth(): SessionTruth {
    return this.lives[this.#life]!;
  }

  #take(block: Block): void {
    if (block.type === 'agent_network_connection') return this.#verdict(block);
    // Trouble with the feed, before or after the verdict; the stored kind `error` has a place in the stream.
    if (block.type === 'error' && !this.#isStored(block)) return;
    if (block.id === undefined || block.id === '') {
      if (!CONTROL.has(block.type)) this.#add('foreign', `${block.type} without an id`);
      return;
    }
    const seq = this.#sequenceOf(block.id);
    if (seq === undefined || this.#at === undefined) {
      // Before the verdict a block may only repeat the client's own position.
      if (!CONTROL.has(block.type)) this.#add('foreign', `${block.type} at ${block.id}`);
      return;
    }
    if (block.type === 'gap') this.#gap(block, seq);
    else if (CONTROL.has(block.type)) this.#control(block, seq);
    else this.#event(block, seq);
  }

  #verdict(block: Block): void {
    this.#connections++;
    this.#merged.clear();
    const { resume } = JSON.parse(block.data) as {
      resume: { verdict: string; from: string; reason?: string; omitted?: { from: string; to: string } };
    };
    if (resume.verdict === 'reset') return this.#reset(resume.from, resume.reason ?? '');
    const from = this.#sequenceOf(resume.from);
    if (from === undefined) return this.#add('false_reset', `verdict ${resume.verdict} at ${resume.from}`);
    if (this.#at === undefined) return this.#start(from);
    if (resume.verdict === 'fresh') return this.#add('bad_position', `fresh at ${resume.from}, was at ${this.#at}`);
    // A `partial` resume starts where the client is too; the range left out follows as a gap.
    if (from < this.#at) this.#add('bad_position', `resumed at ${from}, was at ${this.#at}`);
    else if (from > this.#at) this.#passOver(from, `resumed at ${from}`);
  }

  #reset(from: string, reason: string): void {
    if (!(this.allowed.resets ?? []).includes(reason)) {
      this.#add('false_reset', `${reason} at ${this.#at}`);
    }
    const epoch = from.slice(0, from.lastIndexOf('-'));
    const next = this.lives.findIndex((life, index) => index > this.#life && life.epoch === epoch);
    if (next >= 0) this.#life = next;
    else if (this.#truth.epoch !== epoch) return this.#add('false_reset', `into an unknown epoch, ${from}`);
    this.#superseded = [];
    this.#seen.clear();
    this.#start(this.#sequenceOf(from)!);
  }

  #start(from: number): void {
    this.#at = from;
    this.#next = this.#truth.events.findIndex(({ seq }) => seq > from);
    if (this.#next < 0) this.#next = this.#truth.events.length;
  }

  #event(block: Block, seq: number): void {
    const data = JSON.parse(block.data) as Record<string, unknown>;
    if (data['merged'] !== undefined) return this.#mergedBlock(data, seq);
    const expected = this.#at! < seq ? this.#find(seq) : undefined;
    if (!expected) {
      if (this.#seen.has(seq)) this.#add('duplicated', `${block.type} at ${seq}`);
      else if (seq <= this.#at!) this.#add('out_of_order', `${block.type} at ${seq} after ${this.#at}`);
      else this.#add('foreign', `${block.type} at ${seq} is not stored in this session`);
      return;
    }
    this.#passOver(seq - 1, `next was ${seq}`, this.allowed.adaptive === true);
    this.#delivered++;
    this.#seen.add(seq);
    const { supersedes, ...plain } = data;
    if (supersedes !== undefined) this.#supersede(expected, supersedes as { from: string; to: string });
    const got = supersedes === undefined ? block.data : JSON.stringify(plain);
    if (block.type !== expected.type || got !== expected.data) {
      this.#add(
        'altered',
        `${seq}: ${block.type} ${got.slice(0, 120)} instead of ${expected.type} ${expected.data.slice(0, 120)}`,
      );
    }
    this.#moveTo(seq);
  }

  /** One block for a message's chunks in (from, to]; it may keep the position before the run. */
  #mergedBlock(data: Record<string, unknown>, seq: number): void {
    const range = this.#rangeOf(data['merged']);
    if (!range || range.from !== this.#at) {
      return this.#add('bad_position', `merged ${JSON.stringify(data['merged'])}, was at ${this.#at}`);
    }
    const chunks = this.#between(range.from, range.to).filter(
      ({ type, payload }) => type === 'message_chunk' && payload['messageId'] === data['messageId'],
    );
    const text = chunks.map(({ payload }) => String(payload['delta'])).join('');
    const offset = chunks[0]?.payload['offset'];
    if (chunks.length === 0 || text !== data['delta'] || offset !== data['offset']) {
      this.#add('altered', `merged ${JSON.stringify(data['merged'])} of ${String(data['messageId'])}`);
    }
    for (const chunk of chunks) this.#merged.add(chunk.seq);
    this.#delivered += chunks.length;
    if (seq === range.from) return;
    if (seq !== range.to) this.#add('bad_position', `merged block of (${range.from}, ${range.to}] has the id ${seq}`);
    this.#passOver(range.to, 'merged');
    this.#merged.clear();
  }

  #supersede(survivor: WireEvent, named: { from: string; to: string }): void {
    const range = this.#rangeOf(named);
    if (!range || this.allowed.adaptive !== true) {
      return this.#add('altered', `${survivor.seq} supersedes ${JSON.stringify(named)}`);
    }
    this.#superseded = this.#superseded.filter(
      (passed) => !(sameState(passed, survivor) && passed.seq > range.from && passed.seq <= range.to),
    );
  }

  #gap(block: Block, seq: number): void {
    const { from, to } = JSON.parse(block.data) as { from: string; to: string };
    const range = this.#rangeOf({ from, to });
    if (!range || range.to !== seq) return this.#add('bad_position', `gap ${from} to ${to} at ${block.id}`);
    if (range.to <= this.#at!) return this.#add('out_of_order', `gap ${from} to ${to}, was at ${this.#at}`);
    if (range.from > this.#at!) this.#passOver(range.from, 'gap begins');
    for (const event of this.#between(this.#at!, range.to)) {
      if (!this.#truth.dropped.has(event.seq)) this.#add('false_gap', `${event.seq} is stored, gap ${from} to ${to}`);
    }
    this.#moveTo(range.to);
  }

  #control(block: Block, seq: number): void {
    if (seq < this.#at!) return this.#add('bad_position', `${block.type} at ${seq}, was at ${this.#at}`);
    this.#passOver(seq, `${block.type} at ${seq}`, this.allowed.adaptive === true);
  }

  /** Every event up to `to` that has not come is lost, unless something stands for it. */
  #passOver(to: number, why: string, mayBeSuperseded = false): void {
    for (const event of this.#between(this.#at!, to)) {
      if (this.#merged.has(event.seq)) continue;
      if (mayBeSuperseded && FULL_STATE.has(event.type)) this.#superseded.push(event);
      else this.#add('lost', `${event.type} at ${event.seq}, was at ${this.#at}: ${why}`);
    }
    for (const seq of this.#truth.unreadable) {
      if (seq > this.#at! && seq <= to) this.#add('lost', `unreadable ${seq} was not named by a gap: ${why}`);
    }
    this.#moveTo(to);
  }

  #takeEnd(): void {
    if (this.#at === undefined) return this.#add('stuck', 'was never told where it is');
    const last = this.#truth.events.at(-1)?.seq ?? 0;
    if (this.#life < this.lives.length - 1) this.#add('stuck', `never left epoch ${this.#truth.epoch}`);
    else if (last > this.#at) this.#passOver(last, 'the end');
    for (const event of this.#superseded) this.#add('lost', `${event.type} at ${event.seq} has no survivor`);
  }

  /** Events of the reader's channels in (from, to]. */
  #between(from: number, to: number): WireEvent[] {
    const found: WireEvent[] = [];
    for (let index = this.#next; index < this.#truth.events.length; index++) {
      const event = this.#truth.events[index]!;
      if (event.seq > to) break;
      if (event.seq > from && this.#channels.has(event.channel)) found.push(event);
    }
    return found;
  }

  #find(seq: number): WireEvent | undefined {
    for (let index = this.#next; index < this.#truth.events.length; index++) {
      const event = this.#truth.events[index]!;
      if (event.seq >= seq) return event.seq === seq && this.#channels.has(event.channel) ? event : undefined;
    }
    return undefined;
  }

  #moveTo(seq: number): void {
    if (seq <= this.#at!) return;
    this.#at = seq;
    while (this.#next < this.#truth.events.length && this.#truth.events[this.#next]!.seq <= seq) this.#next++;
  }

  #rangeOf(named: unknown): Range | undefined {
    const { from, to } = (named ?? {}) as { from?: string; to?: string };
    const range = { from: this.#sequenceOf(from), to: this.#sequenceOf(to) };
    return range.from === undefined || range.to === undefined ? undefined : (range as Range);
  }

  /** `undefined` for what is no position of this life. */
  #sequenceOf(id: string | undefined): number | undefined {
    const match = /^([a-z0-9]+)-(\d+)$/.exec(id ?? '');
    return match?.[1] === this.#truth.epoch ? Number(match[2]) : undefined;
  }

  #isStored(block: Block): boolean {
    const seq = this.#sequenceOf(block.id);
    return seq !== undefined && this.#truth.events.some((event) => event.seq === seq && event.type === 'error');
  }

  #add(kind: Parameters<Findings['add']>[0], detail: string): void {
    this.findings.add(kind, `${this.record.name}: ${detail}`);
  }
}

function sameState(a: WireEvent, b: WireEvent): boolean {
  return a.type === b.type && a.runId === b.runId && a.agentId === b.agentId;
}
