// What of a run is stored already, so that whoever goes on with it stores nothing twice. An engine starts anew at each
// attempt; of each agent and type as many events are passed over as are stored, of a message the text that is stored.
import type { StoredEvent } from '@vana/events';
import type { TerminalRunStatus } from '@vana/run-state';
import type { EngineEvent } from '../engine/research-engine.js';

/** Told by the orchestrator itself, and full state that is told anew when it next changes. */
const NOT_COUNTED = new Set(['research_queued', 'research_started', 'research_resumed', 'agent_network_update']);

export class Continuation {
  /** The highest n of the stored ids `<run>:<n>`. */
  readonly lastNumber: number = 0;
  readonly started: boolean = false;
  /** The run's end is stored. */
  readonly end: TerminalRunStatus | undefined;
  readonly #storedOfLane = new Map<string, number>();
  /** Characters stored, by message. */
  readonly #written = new Map<string, number>();
  #caughtUp: boolean;

  /** @param events all stored events of the run, in order */
  constructor(runId: string, events: readonly StoredEvent[]) {
    for (const event of events) {
      this.lastNumber = Math.max(this.lastNumber, numberIn(event.id, runId));
      if (event.type === 'research_started') this.started = true;
      if (event.type === 'research_complete') this.end = event.data['status'] as TerminalRunStatus;
      if (NOT_COUNTED.has(event.type)) continue;
      const chunk = chunkOf(event);
      if (chunk) this.#written.set(chunk.messageId, chunk.offset + chunk.delta.length);
      else this.#storedOfLane.set(laneOf(event), (this.#storedOfLane.get(laneOf(event)) ?? 0) + 1);
    }
    this.#caughtUp = this.#storedOfLane.size === 0 && this.#written.size === 0;
  }

  /** What is still to be stored of the event; of a chunk perhaps only its end. `undefined`: nothing. */
  fresh(event: EngineEvent): EngineEvent | undefined {
    if (event.type === 'agent_network_update') return this.#caughtUp ? event : undefined;
    const chunk = chunkOf(event);
    const left = chunk ? this.#rest(event, chunk) : this.#unlessStored(event);
    if (left !== undefined) this.#caughtUp = true;
    return left;
  }

  #rest(event: EngineEvent, { messageId, offset, delta }: Chunk): EngineEvent | undefined {
    const missing = offset + delta.length - (this.#written.get(messageId) ?? 0);
    if (missing >= delta.length) return event;
    if (missing <= 0) return undefined;
    const known = delta.length - missing;
    return { ...event, data: { ...event.data, offset: offset + known, delta: delta.slice(known) } };
  }

  #unlessStored(event: EngineEvent): EngineEvent | undefined {
    const stored = this.#storedOfLane.get(laneOf(event)) ?? 0;
    if (stored === 0) return event;
    this.#storedOfLane.set(laneOf(event), stored - 1);
    return undefined;
  }
}

interface Chunk {
  readonly messageId: string;
  readonly offset: number;
  readonly delta: string;
}

type Told = Pick<EngineEvent, 'type' | 'data'> & { readonly agentId?: string | undefined };

function chunkOf({ type, data }: Told): Chunk | undefined {
  const { messageId, offset, delta } = data;
  if (type !== 'message_chunk' || typeof delta !== 'string') return undefined;
  return typeof messageId === 'string' && typeof offset === 'number' ? { messageId, offset, delta } : undefined;
}

function laneOf({ type, agentId }: Told): string {
  return `${type} ${agentId ?? ''}`;
}

function numberIn(eventId: string, runId: string): number {
  if (!eventId.startsWith(`${runId}:`)) return 0;
  const rest = eventId.slice(runId.length + 1);
  return /^\d{1,9}$/.test(rest) ? Number(rest) : 0;
}
