// Who follows the sessions: clients of every kind, on all routes, some straight at a broadcaster.
import { keyOf } from '../oracle/judge-stream.js';
import type { Scene } from '../scene.js';
import { eventSourceConnection } from './event-source-connection.js';
import { fetchConnection } from './fetch-connection.js';
import { Follower } from './follower.js';
import { pollConnection } from './poll-connection.js';
import { rawConnection } from './raw-connection.js';
import { ALL_CHANNELS, type Connect } from './sse-target.js';

interface Kind {
  readonly name: string;
  readonly connect: Connect;
  /** Straight at a broadcaster, as installations whose ingress hashes by session do it. */
  readonly direct?: boolean;
  readonly path: (sessionId: string) => string;
  readonly channels: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
  readonly adaptive?: boolean;
}

const stream = (sessionId: string): string => `/api/stream/${sessionId}`;
const KINDS: readonly Kind[] = [
  { name: 'raw', connect: rawConnection, path: stream, channels: ALL_CHANNELS },
  { name: 'fetch', connect: fetchConnection, path: stream, channels: ALL_CHANNELS },
  { name: 'eventsource', connect: eventSourceConnection, path: stream, channels: ALL_CHANNELS },
  { name: 'agents', connect: rawConnection, path: (id) => `/agent_network_sse/${id}`, channels: ['agents'] },
  { name: 'direct', connect: rawConnection, direct: true, path: stream, channels: ALL_CHANNELS },
  { name: 'research', connect: fetchConnection, path: (id) => `/api/run_sse/${id}`, channels: ['research', 'chat'] },
  { name: 'merged', connect: rawConnection, path: stream, channels: ALL_CHANNELS, query: { replay: 'merged' } },
  {
    name: 'adaptive',
    connect: rawConnection,
    path: stream,
    channels: ALL_CHANNELS,
    query: { delivery: 'adaptive' },
    adaptive: true,
  },
  { name: 'poll', connect: pollConnection, path: (id) => `/api/poll/${id}`, channels: ALL_CHANNELS },
];

function behindLine({ clientLines, random }: Scene): (() => string) | undefined {
  return clientLines.length === 0 ? undefined : () => `http://127.0.0.1:${random.pick(clientLines).port}`;
}

export async function openClients(scene: Scene): Promise<Follower[]> {
  const { world, api, load, random, sessions, runSessions } = scene;
  const clients: Follower[] = [];
  let next = random.between(0, KINDS.length - 1);
  for (const session of [...sessions, ...runSessions]) {
    const token = await api.token(session.tenant);
    for (let n = 0; n < load.clientsPerSession; n++) {
      const kind = KINDS[next++ % KINDS.length]!;
      const direct = (): string => random.pick(world.broadcasters).url;
      const target = {
        base: kind.direct ? direct : (behindLine(scene) ?? (() => api.gateway())),
        path: kind.path(session.sessionId),
        token,
        query: kind.query ?? {},
      };
      const name = `${kind.name}-${clients.length} of ${keyOf(session)}`;
      const { connect, channels } = kind;
      const adaptive = kind.adaptive === true;
      clients.push(new Follower({ name, target, connect, session: keyOf(session), channels, adaptive }));
    }
  }
  return clients;
}
