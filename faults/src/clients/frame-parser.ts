// Server-Sent Events by the letter of the WHATWG specification, for streams whose lines end with LF alone:
// ours promise that, so a CR is kept and shows up as a difference.

interface FrameListener {
  block(type: string, id: string | undefined, data: string): void;
  retry(ms: number): void;
}

export class FrameParser {
  #line: Buffer[] = [];
  #type = '';
  #id: string | undefined;
  #data: string[] = [];

  constructor(private readonly listener: FrameListener) {}

  feed(bytes: Buffer): void {
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      this.#line.push(bytes.subarray(start, end));
      const line = Buffer.concat(this.#line).toString();
      this.#line = [];
      start = end + 1;
      this.#take(line);
    }
    if (start < bytes.length) this.#line.push(bytes.subarray(start));
  }

  #take(line: string): void {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
    if (name === 'event') this.#type = value;
    else if (name === 'data') this.#data.push(value);
    else if (name === 'id' && !value.includes('\0')) this.#id = value;
    else if (name === 'retry' && /^\d+$/.test(value)) this.listener.retry(Number(value));
  }

  #dispatch(): void {
    if (this.#data.length > 0) this.listener.block(this.#type || 'message', this.#id, this.#data.join('\n'));
    this.#type = '';
    this.#id = undefined;
    this.#data = [];
  }
}
