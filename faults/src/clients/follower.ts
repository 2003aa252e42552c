// One client through all its connections: it reads, comes back with its last id after every break, and keeps a
// record of everything that it was given. What it was given is judged later, by the oracle.
import { HEARTBEAT_S } from '../world/world.js';
import { eventSourceConnection } from './event-source-connection.js';
import { pollConnection } from './poll-connection.js';
import { rawConnection } from './raw-connection.js';
import type { Block, Connect, SseConnection, SseTarget } from './sse-target.js';

/** Three times the cadence of heartbeats, as the protocol advises. */
const WATCHDOG_MS = 3_000 * HEARTBEAT_S;
const DEFAULT_RETRY_MS = 300;

export interface FollowerOptions {
  readonly name: string;
  readonly target: SseTarget;
  readonly connect: Connect;
  /** The session's key string and the channels: for the oracle. */
  readonly session: string;
  readonly channels: readonly string[];
  /** It has asked for adaptive delivery. */
  readonly adaptive: boolean;
}

export class Follower {
  /** Every block of every connection, in order. A connection begins with its verdict. */
  readonly blocks: Block[] = [];
  /** Sequences that blocks had, highest; -1 before the first. */
  at = -1;
  caughtUp = false;
  /** When connections that had begun ended, and when new ones had their verdict; on performance.now()'s clock. */
  readonly endings: number[] = [];
  readonly verdictTimes: number[] = [];
  /** Connections that ended without `closing` or `end` before. */
  cuts = 0;
  connections = 0;
  refusals = new Map<number, number>();
  watchdogs = 0;
  #position: string | undefined;
  #retryMs = DEFAULT_RETRY_MS;
  #connection: SseConnection | undefined;
  #timer: NodeJS.Timeout | undefined;
  #watchdog: NodeJS.Timeout | undefined;
  #stopped = false;
  readonly #abandoned: SseConnection[] = [];
  /** A block has come on this connection. */
  #opened = false;
  /** Counts connections: what an old one still says is not heard. */
  #turn = 0;

  constructor(readonly options: FollowerOptions) {}

  get position(): string | undefined {
    return this.#position;
  }

  start(): void {
    this.#open();
  }

  stop(): void {
    this.#stopped = true;
    this.#leave();
    for (const connection of this.#abandoned) connection.close();
  }

  /** Ends the connection from this side. @param afterMs until it comes back */
  drop(afterMs = this.#retryMs): void {
    if (this.#stopped) return;
    this.#leave();
    this.#again(afterMs);
  }

  /** Stops or goes on reading, where the client can do that. The watchdog sleeps meanwhile. */
  stall(stalled: boolean): void {
    this.#connection?.stall?.(stalled);
    if (stalled) clearTimeout(this.#watchdog);
    else this.#watch();
  }

  /** Whether this kind of client can stop reading. */
  get canStall(): boolean {
    return this.options.connect === rawConnection;
  }

  /** Comes back on a new connection and leaves the old one open, unread, as a device that lost its network does. */
  abandon(): void {
    const left = this.#connection;
    this.#connection = undefined;
    left?.stall?.(true);
    if (left) this.#abandoned.push(left);
    this.drop(0);
  }

  #open(): void {
    const turn = ++this.#turn;
    this.connections++;
    this.#opened = false;
    this.#watch();
    this.#connection = this.options.connect(this.options.target, this.#position, {
      block: (block) => turn === this.#turn && this.#take(block),
      retry: (ms) => {
        if (turn === this.#turn) this.#retryMs = ms;
      },
      ended: (how) => {
        if (turn !== this.#turn || this.#stopped) return;
        if (typeof how === 'object') this.refusals.set(how.refused, (this.refusals.get(how.refused) ?? 0) + 1);
        else if (this.#opened && !this.#wasTold() && this.options.connect !== pollConnection) this.cuts++;
        this.drop();
      },
    });
  }

  #take(block: Block): void {
    this.#opened = true;
    this.#watch();
    const last = this.blocks.at(-1);
    // EventSource reconnects by itself: then a verdict is the first that is seen of the new connection.
    if (block.type === 'agent_network_connection' && last && last.type !== 'closing' && this.blocks.length > 0) {
      if (this.options.connect === eventSourceConnection) this.cuts++;
    }
    this.blocks.push(block);
    if (block.type === 'agent_network_connection') {
      this.caughtUp = false;
      this.verdictTimes.push(block.atMs);
    }
    if (block.type === 'caught_up') this.caughtUp = true;
    if (block.id === undefined) return;
    this.#position = block.id === '' ? undefined : block.id;
    const seq = Number(block.id.slice(block.id.lastIndexOf('-') + 1));
    if (Number.isSafeInteger(seq)) this.at = seq;
  }

  #wasTold(): boolean {
    const last = this.blocks.at(-1)?.type;
    return last === 'closing' || last === 'end';
  }

  #again(afterMs: number): void {
    this.#timer = setTimeout(() => this.#open(), afterMs);
  }

  #leave(): void {
    if (this.#opened) this.endings.push(performance.now());
    this.#opened = false;
    this.#turn++;
    clearTimeout(this.#timer);
    clearTimeout(this.#watchdog);
    this.#connection?.close();
    this.#connection = undefined;
    this.caughtUp = false;
  }

  #watch(): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => {
      this.watchdogs++;
      this.drop();
    }, WATCHDOG_MS);
  }
}
