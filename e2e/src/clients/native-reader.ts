// A native EventSource that is left alone: it reconnects by itself, with the last id that it has seen.
import { EVENT_KINDS } from '@vana/events';
import { EventSource } from 'eventsource';
import { CONTROL_TYPES, type ReceivedBlock } from './stream-client.js';

export class NativeReader {
  /** Stored events and control blocks, in order. */
  readonly blocks: ReceivedBlock[] = [];
  /** How often the connection was lost. */
  losses = 0;
  readonly #source: EventSource;

  constructor(url: string, token: string) {
    this.#source = new EventSource(url, {
      fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } }),
    });
    for (const type of [...Object.keys(EVENT_KINDS), ...CONTROL_TYPES]) {
      this.#source.addEventListener(type, (event) => {
        if (!(event instanceof MessageEvent)) return;
        this.blocks.push({ type, id: event.lastEventId, data: event.data as string });
      });
    }
    this.#source.onerror = () => {
      this.losses += 1;
    };
  }

  /** False once it has given up: it never does, whatever happens to the connection. */
  get isAlive(): boolean {
    return this.#source.readyState !== this.#source.CLOSED;
  }

  has(type: string): boolean {
    return this.blocks.some((block) => block.type === type);
  }

  close(): void {
    this.#source.close();
  }
}
