// A reader over a real socket: node:http and eventsource-parser. Waits for what arrives, never for time.
import { createParser } from 'eventsource-parser';
import { request, type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';

export interface Block {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

interface Waiter {
  readonly isMet: () => boolean;
  readonly resolve: () => void;
}

export class SseClient {
  readonly blocks: Block[] = [];
  readonly retries: number[] = [];
  comments = 0;
  ended = false;
  /** Everything as it came. */
  text = '';
  #waiters: Waiter[] = [];

  private constructor(
    private readonly outgoing: ClientRequest,
    readonly response: IncomingMessage,
  ) {
    const parser = createParser({
      onEvent: ({ id, event, data }) => {
        this.blocks.push({ id, event: event ?? '', data: JSON.parse(data) as Record<string, unknown> });
      },
      onComment: () => this.comments++,
      onRetry: (ms) => this.retries.push(ms),
    });
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      this.text += chunk;
      parser.feed(chunk);
      this.#check();
    });
    response.on('error', () => undefined);
    response.on('close', () => {
      this.ended = true;
      this.#check();
    });
  }

  static async open(url: string, headers: OutgoingHttpHeaders, method = 'GET'): Promise<SseClient> {
    const outgoing = request(url, { headers, method, agent: false });
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.once('response', resolve);
      outgoing.once('error', reject);
      outgoing.end();
    });
    outgoing.on('error', () => undefined);
    return new SseClient(outgoing, response);
  }

  get status(): number {
    return this.response.statusCode ?? 0;
  }

  /** Stored events only, in order. */
  get events(): Block[] {
    return this.blocks.filter(({ data }) => 'channel' in data);
  }

  get messages(): unknown[] {
    return this.events.map(({ data }) => data['message']);
  }

  named(event: string): Block[] {
    return this.blocks.filter((block) => block.event === event);
  }

  async until(isMet: (client: this) => boolean): Promise<this> {
    if (!isMet(this)) {
      await new Promise<void>((resolve) => {
        this.#waiters.push({ isMet: () => isMet(this), resolve });
      });
    }
    return this;
  }

  async block(event: string): Promise<Block> {
    await this.until(() => this.named(event).length > 0);
    return this.named(event)[0]!;
  }

  async end(): Promise<this> {
    return this.until(() => this.ended);
  }

  /** The body of an answer that is not a stream. */
  async json(): Promise<unknown> {
    await this.end();
    return this.text === '' ? undefined : JSON.parse(this.text);
  }

  close(): void {
    this.outgoing.destroy();
  }

  #check(): void {
    const met = this.#waiters.filter(({ isMet }) => isMet());
    this.#waiters = this.#waiters.filter((waiter) => !met.includes(waiter));
    for (const { resolve } of met) resolve();
  }
}
