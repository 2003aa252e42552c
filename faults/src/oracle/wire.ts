// What a stored body must look like on the wire, by the protocol's words and not by the encoder's code.

export interface WireEvent {
  readonly seq: number;
  readonly type: string;
  readonly channel: string;
  readonly data: string;
  /** Of `data`: what merged and adaptive delivery speak of. */
  readonly payload: Readonly<Record<string, unknown>>;
  readonly runId: unknown;
  readonly agentId: unknown;
}

const ENVELOPE = ['sessionId', 'runId', 'agentId', 'parentAgentId', 'channel'] as const;

/** `undefined` for a body that no reader can be given. */
export function wireOf(seq: number, body: string): WireEvent | undefined {
  let event: Record<string, unknown>;
  try {
    event = JSON.parse(body) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  const { type, channel, data } = event;
  if (typeof type !== 'string' || typeof channel !== 'string' || typeof data !== 'object' || data === null) {
    return undefined;
  }
  const wire: Record<string, unknown> = {};
  for (const name of ENVELOPE) if (event[name] !== undefined) wire[name] = event[name];
  wire['timestamp'] = event['createdAt'];
  Object.assign(wire, data);
  return {
    seq,
    type,
    channel,
    data: JSON.stringify(wire),
    payload: wire,
    runId: event['runId'],
    agentId: event['agentId'],
  };
}
