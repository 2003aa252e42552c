// Follows one session for the chat: events are gathered and applied once per frame.
import type {
  FollowOptions,
  StreamConnection,
  StreamControl,
  StreamEvent,
  StreamRoute,
  StreamStatus,
  VanaClient,
} from '@vana/stream-client';
import { FrameBatch } from '../frame-batch.js';
import { applyEvents } from './apply-events.js';
import { forgetEvents, withNotice, type Conversation, type StreamName, type StreamNotice } from './conversation.js';

export interface FollowerSink {
  conversation(): Conversation;
  /** At most once per frame. */
  changed(conversation: Conversation, status: StreamStatus, caughtUp: boolean): void;
}

const ROUTES: Readonly<Record<StreamName, StreamRoute>> = {
  all: 'api/stream',
  run: 'api/run_sse',
  agents: 'agent_network_sse',
};

export class Follower {
  readonly #batch = new FrameBatch(() => this.#flush());
  readonly #connections: readonly StreamConnection[];
  readonly #behind: Set<StreamName>;
  /** In the order of their arrival; runs of events of one stream are one arrival. */
  #arrivals: Arrival[] = [];

  constructor(
    client: VanaClient,
    sessionId: string,
    private readonly sink: FollowerSink,
    streams: 'one' | 'two',
    options: FollowOptions,
  ) {
    const { positions } = sink.conversation();
    const names: StreamName[] = streams === 'one' ? ['all'] : ['run', 'agents'];
    this.#behind = new Set(names);
    this.#connections = names.map((stream) => {
      const position = positions[stream];
      return client.follow(sessionId, {
        ...options,
        route: ROUTES[stream],
        // Without a position everything is wanted, not the latest five hundred.
        ...(position === undefined ? { replay: 'all' as const } : { lastEventId: position }),
        onEvent: (event) => {
          const last = this.#arrivals.at(-1);
          if (last && 'events' in last && last.stream === stream) last.events.push(event);
          else this.#arrivals.push({ stream, events: [event] });
          this.#batch.request();
        },
        onControl: (block) => this.#control(stream, block),
        onStatus: () => this.#batch.request(),
        onError: () => this.#batch.request(),
      });
    });
  }

  /** Of the stream that tells most: research and chat. */
  get status(): StreamStatus {
    return this.#connections[0]!.status;
  }

  reconnect(): void {
    for (const connection of this.#connections) connection.reconnect();
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
    this.#batch.now();
    this.#batch.cancel();
  }

  #control(stream: StreamName, block: StreamControl): void {
    const notice = noticeOf(block);
    if (block.type === 'caught_up') this.#behind.delete(stream);
    if (notice) this.#arrivals.push({ stream, notice });
    this.#batch.request();
  }

  #flush(): void {
    const arrivals = this.#arrivals;
    this.#arrivals = [];
    let conversation = this.sink.conversation();
    for (const arrival of arrivals) conversation = after(conversation, arrival);
    this.sink.changed(conversation, this.status, this.#behind.size === 0);
  }
}

type Arrival =
  | { readonly stream: StreamName; readonly events: StreamEvent[] }
  | { readonly stream: StreamName; readonly notice: StreamNotice };

function after(before: Conversation, arrival: Arrival): Conversation {
  const { stream } = arrival;
  if ('events' in arrival) return applyEvents(before, arrival.events, stream);
  const { notice } = arrival;
  const isReset = notice.kind === 'verdict' && notice.text === 'reset';
  return withNotice(isReset ? forgetEvents(before, stream) : before, notice);
}

function noticeOf({ type, position, data }: StreamControl): StreamNotice | undefined {
  const at = new Date().toISOString();
  switch (type) {
    case 'agent_network_connection': {
      const { verdict, from, omitted } = data.resume;
      return { kind: 'verdict', at, text: verdict, from: omitted?.from ?? from, to: omitted?.to };
    }
    case 'gap':
      return { kind: 'gap', at, text: data.reason, from: data.from, to: data.to };
    case 'closing':
      return { kind: 'closing', at, text: data.reason, from: position, to: undefined };
    case 'end':
      return { kind: 'end', at, text: data.reason, from: position, to: undefined };
    default:
      return undefined;
  }
}
