// Finds peers that are gone without a word: no FIN, no RST, a cable pulled or a node dead. While data is in
// flight TCP keep-alive does not probe, and the system itself gives up only after about a quarter of an hour;
// Node offers no TCP_USER_TIMEOUT. So the system's own count of unanswered retransmissions is looked at now and
// then. Linux only; elsewhere just keep-alive works.
import type { Clock } from '@vana/stream-core';
import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { socketKey, unansweredSockets } from './tcp-table.js';

const LOOK_MS = 3_000;
/** From the first look at which something was unanswered. */
const PATIENCE_MS = 8_000;
/** On a slow path one or two retransmissions say nothing. */
const LEAST_UNANSWERED = 3;
/** First probe of an idle connection; nine more follow, a second apart. */
const KEEP_ALIVE_MS = 10_000;
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];

/** @returns texts of the system's socket tables; none where there are no such tables */
export type ReadTables = () => Promise<readonly string[]>;

export class UnackedPeers {
  readonly #watched = new Map<Socket, () => void>();
  /** By key: since when, and how many, at the last look. */
  #suspects = new Map<string, { readonly sinceMs: number; readonly unanswered: number }>();
  #cancelLook: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly readTables: ReadTables = readSystemTables,
  ) {}

  /**
   * Destroys the socket when its peer has vanished: within 30 s where something is sent every 15 s or nothing at all.
   * @param onVanished called just before
   */
  watch(socket: Socket, onVanished: () => void): void {
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    this.#watched.set(socket, onVanished);
    socket.once('close', () => this.#watched.delete(socket));
    this.#cancelLook ??= this.clock.schedule(LOOK_MS, () => void this.#look());
  }

  async #look(): Promise<void> {
    const tables = await this.readTables().catch(() => []);
    const unanswered = tables.flatMap(unansweredSockets);
    const nowMs = this.clock.now();
    const before = this.#suspects;
    this.#suspects = new Map();
    if (unanswered.length > 0) {
      const sockets = new Map([...this.#watched.keys()].map((socket) => [socketKey(socket), socket]));
      for (const { key, unanswered: count } of unanswered) {
        const socket = sockets.get(key);
        if (socket) this.#suspect(socket, key, count, before.get(key), nowMs);
      }
    }
    this.#cancelLook = this.#watched.size === 0 ? undefined : this.clock.schedule(LOOK_MS, () => void this.#look());
  }

  #suspect(
    socket: Socket,
    key: string,
    unanswered: number,
    before: { readonly sinceMs: number; readonly unanswered: number } | undefined,
    nowMs: number,
  ): void {
    // Fewer than at the last look: the peer has answered in between.
    const sinceMs = before && unanswered >= before.unanswered ? before.sinceMs : nowMs;
    if (nowMs - sinceMs < PATIENCE_MS || unanswered < LEAST_UNANSWERED) {
      this.#suspects.set(key, { sinceMs, unanswered });
      return;
    }
    this.#watched.get(socket)?.();
    socket.destroy();
  }
}

async function readSystemTables(): Promise<readonly string[]> {
  if (process.platform !== 'linux') return [];
  return Promise.all(TABLES.map((path) => readFile(path, 'latin1').catch(() => '')));
}
