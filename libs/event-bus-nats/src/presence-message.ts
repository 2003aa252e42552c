// What broadcasters say on the presence subject: a beat every second, a good-bye at the end.
import type { BroadcasterBeat } from '@vana/routing';

export type PresenceMessage = { readonly beat: BroadcasterBeat } | { readonly left: string };

export function encodePresence(message: PresenceMessage): string {
  return JSON.stringify(message);
}

/** `undefined` for anything else; unknown fields are let through (another version's pod). */
export function parsePresence(text: string): PresenceMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  if (typeof value.left === 'string') return { left: value.left };
  return isRecord(value.beat) && isBeat(value.beat) ? { beat: value.beat } : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isBeat(value: object): value is BroadcasterBeat {
  const { podId, url, connections, maxConnections, draining } = value as Partial<BroadcasterBeat>;
  return (
    typeof podId === 'string' &&
    podId !== '' &&
    typeof url === 'string' &&
    URL.canParse(url) &&
    typeof connections === 'number' &&
    typeof maxConnections === 'number' &&
    typeof draining === 'boolean'
  );
}
