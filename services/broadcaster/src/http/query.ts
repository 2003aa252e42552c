// Query and path parameters of the broadcaster's routes. What is refused is named, its value is not repeated.
import { CHANNELS, VanaError, isValidId, type Channel } from '@vana/events';
import type { ReplayMode } from '@vana/stream-core';

/** As Fastify parses it: text, or a list when a name is repeated. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

const EVENT_NAME = /^[A-Za-z0-9_.-]{1,64}$/;
const ALL_CHANNELS: ReadonlySet<Channel> = new Set(CHANNELS);
const isChannel = (name: string): name is Channel => (CHANNELS as readonly string[]).includes(name);

function invalid(parameter: string): VanaError {
  return new VanaError('invalid_query', { details: { parameter } });
}

/** @throws VanaError invalid_session_id */
export function sessionIdOf(value: unknown): string {
  if (!isValidId(value)) throw new VanaError('invalid_session_id');
  return value;
}

/** An empty parameter counts as absent. @throws VanaError invalid_query when it is repeated */
export function textOf(query: Query, name: string): string | undefined {
  const value = query[name];
  if (value !== undefined && typeof value !== 'string') throw invalid(name);
  return value === '' ? undefined : value;
}

/** Whole number of at least 0; more than `most` is taken as `most`. @throws VanaError invalid_query */
export function countOf(query: Query, name: string, fallback: number, most: number, least = 0): number {
  const text = textOf(query, name);
  if (text === undefined) return fallback;
  if (!/^\d{1,9}$/.test(text) || Number(text) < least) throw invalid(name);
  return Math.min(Number(text), most);
}

/** `?channels=a,b`; all of them when absent. @throws VanaError invalid_channels */
export function channelsOf(query: Query): ReadonlySet<Channel> {
  const value = query['channels'];
  if (value === undefined) return ALL_CHANNELS;
  const names = typeof value === 'string' ? value.split(',') : [];
  if (names.length === 0 || !names.every(isChannel)) throw new VanaError('invalid_channels');
  return new Set(names);
}

export interface Replay {
  readonly replay: ReplayMode;
  readonly merge: boolean;
}

/** `?replay=none|all|N|merged`; `merged` replays what would be replayed without it, in fewer blocks. */
export function replayOf(query: Query): Replay {
  const text = textOf(query, 'replay');
  if (text === undefined || text === 'merged') return { replay: 'recent', merge: text === 'merged' };
  if (text === 'none' || text === 'all') return { replay: text, merge: false };
  if (!/^\d{1,9}$/.test(text)) throw invalid('replay');
  return { replay: Number(text) || 'none', merge: false };
}

/** `?delivery=exact|adaptive`. @throws VanaError invalid_query */
export function deliveryOf(query: Query): 'exact' | 'adaptive' {
  const text = textOf(query, 'delivery') ?? 'exact';
  if (text !== 'exact' && text !== 'adaptive') throw invalid('delivery');
  return text;
}

/** `?error_event=<name>`: what `error` events are called on this connection. @throws VanaError invalid_query */
export function errorEventOf(query: Query): string | undefined {
  const name = textOf(query, 'error_event');
  if (name !== undefined && !EVENT_NAME.test(name)) throw invalid('error_event');
  return name;
}
