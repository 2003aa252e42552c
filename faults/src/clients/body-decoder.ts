// The body of one HTTP/1.1 answer, chunked or up to the connection's end.

interface BodyListener {
  refused(status: number): void;
  bytes(bytes: Buffer): void;
  /** The body's own end: the last chunk. A connection that just closes is not told here. */
  ended(): void;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');

export class BodyDecoder {
  #rest: Buffer = Buffer.alloc(0);
  #state: 'head' | 'plain' | 'size' | 'chunk' | 'over' = 'head';
  #left = 0;

  constructor(private readonly listener: BodyListener) {}

  feed(bytes: Buffer): void {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    while (this.#step());
  }

  #step(): boolean {
    if (this.#state === 'head') return this.#head();
    if (this.#state === 'size') return this.#size();
    if (this.#state === 'over' || this.#rest.length === 0) return false;
    if (this.#state === 'plain') {
      this.listener.bytes(this.#take(this.#rest.length));
      return false;
    }
    if (this.#left > 0) {
      const part = this.#take(Math.min(this.#left, this.#rest.length));
      this.#left -= part.length;
      this.listener.bytes(part);
      return true;
    }
    // The line end after a chunk.
    if (this.#rest.length < 2) return false;
    this.#take(2);
    this.#state = 'size';
    return true;
  }

  #head(): boolean {
    const end = this.#rest.indexOf(HEAD_END);
    if (end < 0) return false;
    const head = this.#take(end + 4)
      .toString('latin1')
      .toLowerCase();
    const status = Number(head.split(' ')[1]);
    this.#state = status !== 200 ? 'over' : /\r\ntransfer-encoding: *chunked\r\n/.test(head) ? 'size' : 'plain';
    if (this.#state === 'over') this.listener.refused(status);
    return this.#state !== 'over';
  }

  #size(): boolean {
    const end = this.#rest.indexOf(LINE_END);
    if (end < 0) return false;
    this.#left = Number.parseInt(this.#take(end + 2).toString('latin1'), 16);
    this.#state = this.#left > 0 ? 'chunk' : 'over';
    if (this.#state === 'over') this.listener.ended();
    return this.#state !== 'over';
  }

  #take(size: number): Buffer {
    const taken = this.#rest.subarray(0, size);
    this.#rest = this.#rest.subarray(size);
    return taken;
  }
}
