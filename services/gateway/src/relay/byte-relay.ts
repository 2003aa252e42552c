// Passes the bytes of one answer on to one client, unparsed, no faster than the client takes them. The
// gateway writes text of its own only where a frame has just ended: anywhere else it would corrupt one.
import type { Clock } from '@vana/stream-core';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { hasLeft } from './has-left.js';

export type RelayEnd =
  'broadcaster' | 'broadcaster_lost' | 'broadcaster_silent' | 'client' | 'client_stalled' | 'gateway';

export interface ByteRelayOptions {
  readonly clock: Clock;
  /** A client that takes no byte for this long is let go: a vanished peer is found in no other way. */
  readonly stallMs: number;
  readonly onBytes: (count: number) => void;
  readonly onEnd: (by: RelayEnd) => void;
  /**
   * What a client is told when its event stream is cut between frames. Absent for answers that have a
   * length or an end of their own: those are broken off, so that nobody takes a part for the whole.
   */
  readonly farewell: ((why: 'broadcaster_lost' | 'gateway') => Buffer) | undefined;
}

const LF = 0x0a;
const LF_LF = 0x0a0a;
/** So long a relay that is to end waits for the end of the frame that is being passed on. */
const FRAME_END_MS = 2_000;

export class ByteRelay {
  /** The last two bytes relayed; before the first one, text of the gateway's own does no harm either. */
  #tail = LF_LF;
  #passedBytes = 0;
  #end: RelayEnd | undefined;
  #cancelWatch: (() => void) | undefined;
  #leaving = false;
  #cancelLeaving: (() => void) | undefined;
  readonly #ended = Promise.withResolvers<void>();

  /** The head of the answer must have been written to `client`. */
  constructor(
    private readonly upstream: IncomingMessage,
    private readonly client: ServerResponse,
    private readonly options: ByteRelayOptions,
  ) {
    upstream.on('data', (chunk: Buffer) => this.#pass(chunk));
    upstream.once('end', () => this.#finish('broadcaster'));
    upstream.once('close', () => this.#finish('broadcaster_lost'));
    // The close that follows tells the same.
    upstream.on('error', () => undefined);
    client.on('drain', () => this.#resume());
    client.once('close', () => this.#clientClosed());
    client.on('error', () => undefined);
    if (hasLeft(client)) this.#clientClosed();
  }

  /** Ends the relay from this side: the gateway stops. */
  close(): void {
    this.#finish('gateway');
  }

  /**
   * Ends an event stream where a frame has ended; where none does in time, without a word. Other answers are short
   * and go on. Resolves when this relay keeps nobody waiting any more.
   */
  async leave(): Promise<void> {
    if (this.options.farewell === undefined) return;
    if (this.#tail === LF_LF) this.#finish('gateway');
    this.#leaving = true;
    if (this.#end === undefined) {
      this.#cancelLeaving ??= this.options.clock.schedule(FRAME_END_MS, () => this.#finish('gateway'));
    }
    await this.#ended.promise;
  }

  /** Its connection stands, but it is not believed to be alive: the client goes on elsewhere. */
  leaveSilentBroadcaster(): void {
    this.#finish('broadcaster_silent');
  }

  #pass(chunk: Buffer): void {
    if (this.#end !== undefined || chunk.length === 0) return;
    const frameEnd = this.#leaving ? endOfFrame(this.#tail, chunk) : 0;
    this.#write(frameEnd > 0 ? chunk.subarray(0, frameEnd) : chunk);
    if (frameEnd > 0) this.#finish('gateway');
  }

  #write(chunk: Buffer): void {
    const last = chunk[chunk.length - 1]!;
    this.#tail = ((chunk.length > 1 ? chunk[chunk.length - 2]! : this.#tail & 0xff) << 8) | last;
    this.#passedBytes += chunk.length;
    this.options.onBytes(chunk.length);
    if (this.client.write(chunk)) return;
    this.upstream.pause();
    this.#watchProgress();
  }

  #resume(): void {
    if (this.#end !== undefined) return;
    this.#stopWatching();
    this.upstream.resume();
  }

  #finish(end: RelayEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#cancelLeaving?.();
    this.#ended.resolve();
    this.upstream.destroy();
    const { farewell } = this.options;
    if (end === 'broadcaster') {
      this.client.end();
    } else if (farewell === undefined || end === 'client_stalled') {
      this.client.destroy();
    } else {
      const cut = end === 'gateway' ? 'gateway' : 'broadcaster_lost';
      if (this.#tail === LF_LF && end !== 'client') this.client.write(farewell(cut));
      this.client.end();
    }
    // What is still buffered must be taken in time, too.
    if (!hasLeft(this.client) && !this.client.writableFinished) this.#watchProgress();
    this.options.onEnd(end);
  }

  #clientClosed(): void {
    this.#finish('client');
    this.#stopWatching();
  }

  /** Bytes that have left for this client so far; of its own stream, where several share a socket (HTTP/2). */
  #taken(): number {
    return this.#passedBytes - this.client.writableLength;
  }

  #watchProgress(): void {
    this.#stopWatching();
    const before = this.#taken();
    this.#cancelWatch = this.options.clock.schedule(this.options.stallMs, () => {
      if (hasLeft(this.client) || this.client.writableFinished) return;
      if (this.#taken() > before) return this.#watchProgress();
      this.#finish('client_stalled');
      this.client.destroy();
    });
  }

  #stopWatching(): void {
    this.#cancelWatch?.();
    this.#cancelWatch = undefined;
  }
}

/** How many bytes of `chunk` belong to frames up to the first one that ends in it; 0 when none does. */
function endOfFrame(tail: number, chunk: Buffer): number {
  if ((tail & 0xff) === LF && chunk[0] === LF) return 1;
  const at = chunk.indexOf('\n\n');
  return at < 0 ? 0 : at + 2;
}
