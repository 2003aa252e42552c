// What a client is asked to read, and what it reports of it. Clients of several kinds and makers stand behind this.
import type { Channel } from '@vana/events';

export interface SseTarget {
  /** Base URL, asked anew for every connection. */
  readonly base: () => string;
  readonly path: string;
  readonly token: string;
  readonly query: Readonly<Record<string, string>>;
}

export interface Block {
  readonly type: string;
  /** As the client understood it: `undefined` when the block had none. */
  readonly id: string | undefined;
  readonly data: string;
  /** On performance.now()'s clock. */
  readonly atMs: number;
}

export interface ConnectionListener {
  block(block: Block): void;
  retry(ms: number): void;
  /** Once. `refused` has the status. */
  ended(how: 'ended' | 'broken' | { readonly refused: number }): void;
}

export interface SseConnection {
  close(): void;
  /** Stops reading from the socket, where the client can do that. */
  stall?(stalled: boolean): void;
}

/** Opens one connection at a position. */
export type Connect = (target: SseTarget, position: string | undefined, listener: ConnectionListener) => SseConnection;

export function addressOf({ base, path, query }: SseTarget, more: Readonly<Record<string, string>> = {}): URL {
  const url = new URL(path, base());
  for (const [name, value] of Object.entries({ ...query, ...more })) url.searchParams.set(name, value);
  return url;
}

export const ALL_CHANNELS: readonly Channel[] = ['agents', 'research', 'chat'];
