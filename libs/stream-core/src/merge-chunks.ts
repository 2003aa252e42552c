// Merged replay: a run of adjacent chunks becomes one block per message, so that who comes late gets the
// text and not ten thousand deltas.
import { formatPosition } from '@vana/events';
import type { FrameEncoder } from './ports/frame-encoder.js';
import type { LogEntry } from './ports/log-entry.js';
import type { StepEvent, StepShape } from './reader-step.js';

interface Chunk {
  readonly messageId: string;
  readonly offset: number;
  readonly delta: string;
}

/** The payload of a chunk that can be merged; `undefined` for everything else. */
function chunkOf({ event }: LogEntry): Chunk | undefined {
  const { messageId, offset, delta } = event.data;
  const whole = typeof messageId === 'string' && typeof offset === 'number' && typeof delta === 'string';
  return event.type === 'message_chunk' && whole ? { messageId, offset, delta } : undefined;
}

/**
 * Within a run all blocks but the last keep the position before the run, and the last one carries its end:
 * who is cut in between comes back before the run and gets it again, which costs nothing, since chunks are
 * applied by their `offset`. `data.merged` names the range (from, to] that a block stands for.
 */
export function chunkMerger(epoch: string, encoder: FrameEncoder): StepShape {
  return (events) => {
    const shaped: StepEvent[] = [];
    let run: StepEvent[] = [];
    const endRun = (): void => {
      shaped.push(...(run.length > 1 ? mergedRun(run, epoch, encoder) : run));
      run = [];
    };
    for (const event of events) {
      if (chunkOf(event.entry)) {
        run.push(event);
        continue;
      }
      endRun();
      shaped.push(event);
    }
    endRun();
    return shaped;
  };
}

interface Block {
  readonly first: Chunk;
  readonly deltas: string[];
  length: number;
  last: LogEntry;
}

function mergedRun(run: readonly StepEvent[], epoch: string, encoder: FrameEncoder): StepEvent[] {
  const { from } = run[0]!;
  const to = run.at(-1)!.entry.seq;
  const merged = { from: formatPosition(epoch, from), to: formatPosition(epoch, to) };
  const blocks = blocksOf(run);
  return blocks.map(({ first, deltas, last }, index) => {
    const data = { ...last.event.data, offset: first.offset, delta: deltas.join(''), merged };
    const seq = index === blocks.length - 1 ? to : from;
    const entry: LogEntry = { ...last, seq, prev: from, event: { ...last.event, data } };
    return { from, entry, frame: encoder.encode(epoch, entry) };
  });
}

/** One block per message; another one where a message's text does not continue (it was begun anew). */
function blocksOf(run: readonly StepEvent[]): readonly Block[] {
  const blocks: Block[] = [];
  const open = new Map<string, Block>();
  for (const { entry } of run) {
    const chunk = chunkOf(entry)!;
    const block = open.get(chunk.messageId);
    if (block && chunk.offset === block.first.offset + block.length) {
      block.deltas.push(chunk.delta);
      block.length += chunk.delta.length;
      block.last = entry;
      continue;
    }
    const begun: Block = { first: chunk, deltas: [chunk.delta], length: chunk.delta.length, last: entry };
    open.set(chunk.messageId, begun);
    blocks.push(begun);
  }
  return blocks;
}
