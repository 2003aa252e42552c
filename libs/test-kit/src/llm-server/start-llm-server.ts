// A language-model server that says what a test tells it to: the OpenAI-compatible streaming protocol over real HTTP.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { chunksOf } from './llm-chunks.js';
import type { LlmMessage, LlmReply, LlmRequest, LlmScript } from './llm-script.js';

export interface LlmServer {
  /** Base address, with `/v1`. */
  readonly url: string;
  /** All calls so far, in the order of their arrival. */
  readonly requests: readonly LlmRequest[];
  /** Calls whose answer is not out yet. */
  readonly open: number;
  close(): Promise<void>;
}

interface ChatBody {
  readonly model: string;
  readonly messages: readonly LlmMessage[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
  readonly max_tokens?: number;
  readonly stream?: boolean;
}

/** @param script is asked once per call; what it throws is answered as status 500 */
export async function startLlmServer(script: LlmScript): Promise<LlmServer> {
  const requests: LlmRequest[] = [];
  const closing = new AbortController();
  let open = 0;
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await chatBody(incoming);
    if (incoming.method !== 'POST' || !incoming.url?.endsWith('/v1/chat/completions') || !body?.stream) {
      return refuse(response, 404, 'only streamed chat completions are served here');
    }
    const request = requestOf(body, incoming, requests.length + 1);
    requests.push(request);
    open++;
    const hungUp = new AbortController();
    response.once('close', () => {
      open--;
      if (!response.writableFinished) request.cancelledMs = performance.now();
      hungUp.abort();
    });
    await answer(request, await script(request), response, AbortSignal.any([hungUp.signal, closing.signal]));
  };
  const server = createServer((incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else refuse(response, 500, String(error));
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    get open() {
      return open;
    },
    close: async () => {
      closing.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  request: LlmRequest,
  reply: LlmReply,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const { fault, tokenDelayMs = 0 } = reply;
  if (fault?.kind === 'status') {
    if (fault.retryAfter !== undefined) response.setHeader('retry-after', fault.retryAfter);
    return refuse(response, fault.status, fault.message ?? `scripted ${fault.status}`);
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  response.flushHeaders();
  const { tokens, ending } = chunksOf(request, reply);
  for (const [at, token] of [...tokens, undefined].entries()) {
    if (fault?.afterTokens === at) {
      if (fault.kind === 'cut') return void response.socket?.end();
      if (fault.kind === 'unfinished') return void response.end();
      if (fault.kind === 'silent') return;
      response.write('data: {"choices":[{"delta":{"content":"half a\n\n');
    }
    if (token === undefined) break;
    if (tokenDelayMs > 0) await sleep(tokenDelayMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    response.write(`data: ${token}\n\n`);
  }
  for (const line of ending) response.write(`data: ${line}\n\n`);
  response.end();
}

function requestOf(body: ChatBody, incoming: IncomingMessage, number: number): LlmRequest {
  return {
    number,
    model: body.model,
    messages: body.messages,
    tools: (body.tools ?? []).map((tool) => tool.function.name),
    maxTokens: body.max_tokens,
    authorization: incoming.headers.authorization,
    receivedMs: performance.now(),
  };
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: { message, type: 'scripted', code: String(status) } }));
}

async function chatBody(incoming: IncomingMessage): Promise<ChatBody | undefined> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8')) as ChatBody;
  } catch {
    return undefined;
  }
}
