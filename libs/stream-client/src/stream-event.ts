// What a follower is given: stored events with their position, typed by name.
import type { Channel, ControlBlock, EventData, EventType } from '@vana/events';

/** Fields that the server adds to every event's data where the payload does not have them. */
interface Envelope {
  readonly sessionId: string;
  readonly channel: Channel;
  /** ISO 8601 UTC, the publisher's clock. */
  readonly timestamp: string;
  readonly runId?: string;
  readonly agentId?: string;
  readonly parentAgentId?: string;
}

interface EventOf<T extends string, D> {
  readonly type: T;
  /** Position, `<epoch>-<seq>`: what a later connection resumes from. */
  readonly id: string;
  readonly data: D & Envelope;
}

type KnownEvent = { [T in EventType]: EventOf<T, EventData<T>> }[EventType];
/** Types of outside agents, `x.<vendor>.<name>`. */
type OutsideEvent = EventOf<`x.${string}`, Record<string, unknown>>;

export type StreamEvent = KnownEvent | OutsideEvent;

/** Blocks that are not stored: verdict, heartbeat, gap, caught_up, delivery, closing, end. */
export type StreamControl = ControlBlock;

const CONTROL_TYPES: ReadonlySet<string> = new Set<Exclude<ControlBlock['type'], 'error'>>([
  'agent_network_connection',
  'heartbeat',
  'gap',
  'caught_up',
  'delivery',
  'closing',
  'end',
]);

/** The feed's own `error` blocks have no channel; stored `error` events have one. */
export function isControl(type: string, data: Readonly<Record<string, unknown>>): boolean {
  return CONTROL_TYPES.has(type) || (type === 'error' && data['channel'] === undefined);
}

/** A block as it stands in the stream. */
export interface StreamMessage {
  /** `message` when the block names none. */
  readonly type: string;
  /** The last id that the stream gave, `''` when there is none. */
  readonly id: string;
  readonly data: string;
}

/** A block whose data was a JSON object. */
export interface RawBlock {
  readonly type: string;
  readonly id: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** @returns `undefined` when the data is no JSON object */
export function readBlock({ type, id, data }: StreamMessage): RawBlock | undefined {
  try {
    const value = JSON.parse(data) as unknown;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? { type, id, data: value as RawBlock['data'] } : undefined;
  } catch {
    return undefined;
  }
}
