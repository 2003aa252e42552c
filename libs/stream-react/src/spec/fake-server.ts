// A gateway as hooks see it: streams that the spec writes to, runs that it accepts.

export class FakeServer {
  /** `Last-Event-ID` of each stream request. */
  readonly positions: (string | undefined)[] = [];
  readonly asked: { readonly method: string; readonly path: string; readonly body: unknown }[] = [];
  #streams: ReadableStreamDefaultController<Uint8Array>[] = [];
  #status: number | undefined;
  runs = 0;

  get open(): number {
    return this.#streams.length;
  }

  refuseWith(status: number | undefined): void {
    this.#status = status;
  }

  write(text: string): void {
    for (const stream of this.#streams) stream.enqueue(new TextEncoder().encode(text));
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input, 'http://host');
    const headers = new Headers(init?.headers);
    if (headers.get('accept') !== 'text/event-stream') {
      const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined;
      return this.#json(init?.method ?? 'GET', pathname, body);
    }
    if (this.#status !== undefined) return Response.json({ error: { code: 'x' } }, { status: this.#status });
    this.positions.push(headers.get('last-event-id') ?? undefined);
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#streams.push(controller);
        init?.signal?.addEventListener('abort', () => {
          this.#streams = this.#streams.filter((one) => one !== controller);
          controller.error(new TypeError('aborted'));
        });
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  };

  #json(method: string, path: string, body: unknown): Response {
    this.asked.push({ method, path, body });
    if (this.#status !== undefined) {
      return Response.json({ error: { code: 'run_active', message: 'busy' } }, { status: this.#status });
    }
    if (method === 'POST') return Response.json({ run_id: `r${++this.runs}` }, { status: 202 });
    return Response.json({});
  }
}

export function frame(type: string, id: string, data: object): string {
  return `event: ${type}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}

export function step(seq: number): string {
  return frame('x.test.step', `e1-${seq}`, { sessionId: 's', channel: 'agents', n: seq });
}

export const VERDICT = frame('agent_network_connection', 'e1-0', {
  status: 'connected',
  sessionId: 's',
  connectionId: 'c1',
  authenticated: true,
  resume: { verdict: 'fresh', from: 'e1-0', head: 'e1-0' },
  timestamp: '2030-01-01T00:00:00.000Z',
});
