// A client as the protocol describes it, for specs: remembers its last position, comes back with it,
// and keeps what it was given so that the whole can be compared with what was stored.
import { parsePosition, type Channel, type CloseReason, type ControlBlock, type EndReason } from '@vana/events';
import type { FeedTable } from '../feed-table.js';
import type { AttachRequest, Batch, Reader, ReaderSink, ReplayMode } from '../reader.js';

type Verdict = Extract<ControlBlock, { type: 'agent_network_connection' }>;

export class RecordingClient implements ReaderSink {
  readonly seqs: number[] = [];
  readonly gaps: { from: number; to: number }[] = [];
  readonly blocks: ControlBlock[] = [];
  readonly batches: Batch[] = [];
  /** Where its first connection started. */
  start: number | undefined;
  lastId: string | undefined;
  finishedWith: CloseReason | EndReason | undefined;
  /** When set, takes one batch and is then full until `drain()`. */
  slow = false;
  #reader: Reader | undefined;

  constructor(
    private readonly table: FeedTable,
    readonly channels: ReadonlySet<Channel> = new Set(['agents', 'research', 'chat']),
    private readonly replay: ReplayMode = 'recent',
    private readonly more: Pick<AttachRequest, 'merge' | 'delivery'> = {},
  ) {}

  get connected(): boolean {
    return this.#reader !== undefined;
  }

  get reader(): Reader {
    return this.#reader!;
  }

  get verdict(): Verdict['data']['resume'] {
    return this.verdicts.at(-1)!;
  }

  get verdicts(): Verdict['data']['resume'][] {
    return this.blocks
      .filter((block): block is Verdict => block.type === 'agent_network_connection')
      .map((block) => block.data.resume);
  }

  connect(position = this.lastId): this {
    const { channels, replay } = this;
    const request = { position, replay, channels, connectionId: 'c', authenticated: true, ...this.more };
    this.#reader = this.table.attach({ tenant: 't', sessionId: 's' }, request, this);
    return this;
  }

  disconnect(): void {
    this.#reader?.detach();
    this.#reader = undefined;
  }

  drain(): void {
    this.#reader?.resume();
  }

  events(batch: Batch): boolean {
    this.batches.push(batch);
    for (const { seq } of batch.entries) this.seqs.push(seq);
    // As on the wire: the id of the last block is what the client comes back with.
    const last = batch.entries.at(-1)!;
    this.lastId = `${this.lastId!.split('-')[0]}-${last.seq}`;
    return !this.slow;
  }

  control(block: ControlBlock): boolean {
    this.blocks.push(block);
    this.lastId = block.position;
    if (block.type === 'agent_network_connection') this.start ??= parsePosition(block.position)!.seq;
    if (block.type === 'gap')
      this.gaps.push({ from: parsePosition(block.data.from)!.seq, to: parsePosition(block.data.to)!.seq });
    return true;
  }

  finished(reason: CloseReason | EndReason): void {
    this.finishedWith = reason;
    this.#reader = undefined;
  }
}
