// What the three independent clients have in common: they follow a stream until told to stop.

export interface ReceivedBlock {
  readonly type: string;
  readonly id: string;
  readonly data: string;
}

interface Follow {
  readonly url: string;
  readonly token: string;
  readonly lastEventId?: string;
  /** Asked after each block; true ends the connection at once, as a cut would. */
  readonly until: (block: ReceivedBlock) => boolean;
}

/** Resolves with the blocks in order, the one that ended it included; rejects when the server ends it first. */
export type StreamClient = (follow: Follow) => Promise<ReceivedBlock[]>;

export const CONTROL_TYPES: ReadonlySet<string> = new Set([
  ...['agent_network_connection', 'heartbeat', 'gap', 'caught_up', 'delivery', 'closing', 'end'],
]);

export function storedOnly(blocks: readonly ReceivedBlock[]): ReceivedBlock[] {
  return blocks.filter(({ type }) => !CONTROL_TYPES.has(type));
}
