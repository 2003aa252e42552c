// A fetch that answers as a script says, one entry per request, with bodies that the spec writes by hand;
// and a clock that moves when told.
import type { ClientClock } from '../clock.js';

interface Timer {
  readonly dueMs: number;
  readonly task: () => void;
}

export class ManualClock implements ClientClock {
  #nowMs = 1_000_000;
  readonly #timers = new Set<Timer>();
  chance = 0.5;

  now(): number {
    return this.#nowMs;
  }

  random(): number {
    return this.chance;
  }

  schedule(ms: number, task: () => void): () => void {
    const timer = { dueMs: this.#nowMs + ms, task };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  get timers(): number {
    return this.#timers.size;
  }

  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await turns();
    for (;;) {
      const due = [...this.#timers].filter(({ dueMs }) => dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs)[0];
      if (!due) break;
      this.#timers.delete(due);
      this.#nowMs = Math.max(this.#nowMs, due.dueMs);
      due.task();
      await turns();
    }
    this.#nowMs = endMs;
    await turns();
  }
}

/** Lets promises and streams settle: a few real turns of the event loop. */
export async function turns(): Promise<void> {
  for (let n = 0; n < 8; n++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** A streaming answer that the spec writes to. */
export class Body {
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  cancelled = false;
  readonly stream = new ReadableStream<Uint8Array>({
    start: (controller) => void (this.#controller = controller),
    cancel: () => void (this.cancelled = true),
  });

  write(text: string | Uint8Array): this {
    this.#controller.enqueue(typeof text === 'string' ? new TextEncoder().encode(text) : text);
    return this;
  }

  end(): void {
    this.#controller.close();
  }

  cut(): void {
    this.#controller.error(new TypeError('terminated'));
  }
}

export interface Asked {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}

type Answer = Body | (() => Response) | 'unreachable' | 'hang';

export class ScriptedServer {
  readonly asked: Asked[] = [];
  readonly #answers: Answer[] = [];

  /** What the next requests get, in order; past the end nobody answers. */
  then(...answers: Answer[]): this {
    this.#answers.push(...answers);
    return this;
  }

  readonly fetch: typeof fetch = (input, init) => {
    const headers = Object.fromEntries(new Headers(init?.headers));
    this.asked.push({
      url: new URL(input instanceof Request ? input.url : input),
      method: init?.method ?? 'GET',
      headers,
    });
    const answer = this.#answers.shift() ?? 'unreachable';
    const signal = init?.signal;
    if (answer === 'unreachable') return Promise.reject(new TypeError('fetch failed'));
    if (answer === 'hang') {
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new TypeError('aborted'))));
    }
    if (typeof answer === 'function') return Promise.resolve(answer());
    signal?.addEventListener('abort', () => answer.cut());
    return Promise.resolve(new Response(answer.stream, { headers: { 'content-type': 'text/event-stream' } }));
  };
}

export function frame(type: string, id: string, data: object): string {
  return `event: ${type}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}

export function step(seq: number, data: object = {}): string {
  return frame('x.test.step', `e1-${seq}`, { sessionId: 's', channel: 'agents', n: seq, ...data });
}

export const VERDICT = frame('agent_network_connection', 'e1-0', {
  status: 'connected',
  sessionId: 's',
  connectionId: 'c1',
  authenticated: true,
  resume: { verdict: 'fresh', from: 'e1-0', head: 'e1-0' },
  timestamp: '2030-01-01T00:00:00.000Z',
});

export function json(status: number, body: object, headers: Record<string, string> = {}): () => Response {
  return () =>
    new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
}
