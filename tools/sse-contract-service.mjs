// A test service around @vana/stream-client for the SSE contract tests that other projects run against their
// clients (a harness starts streams here and compares what comes back): node tools/sse-contract-service.mjs [port]
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { StreamConnection } from '../libs/stream-client/dist/index.js';

const CAPABILITIES = [
  'comments',
  'headers',
  'last-event-id',
  'post',
  'read-timeout',
  'report',
  'restart',
  'cr-only',
  'bom',
];

const streams = new Map();
let count = 0;

const server = createServer((request, response) => {
  void handle(request).then(
    ([status, headers = {}, body = '']) => response.writeHead(status, headers).end(body),
    () => response.writeHead(400).end(),
  );
});
server.listen(Number(process.argv[2] ?? 8000), '127.0.0.1', () => console.log(`listening on ${server.address().port}`));

async function handle(request) {
  const { method, url } = request;
  const stream = streams.get(url);
  if (url === '/') {
    if (method === 'GET')
      return [200, { 'content-type': 'application/json' }, JSON.stringify({ capabilities: CAPABILITIES })];
    if (method === 'POST') return [201, { location: open(JSON.parse(await text(request))) }];
    if (method === 'DELETE') {
      setImmediate(() => process.exit(0));
      return [204];
    }
  }
  if (stream === undefined) return [404];
  if (method === 'DELETE') {
    stream.close();
    streams.delete(url);
    return [204];
  }
  const { command } = JSON.parse(await text(request));
  if (command !== 'restart') return [400];
  stream.reconnect();
  return [202];
}

function open({ streamUrl, callbackUrl, initialDelayMs, readTimeoutMs, lastEventId, headers, method, body }) {
  let number = 0;
  let sent = Promise.resolve();
  const tell = (message) => {
    const address = `${callbackUrl}/${++number}`;
    sent = sent.then(() => fetch(address, { method: 'POST', body: JSON.stringify(message) })).catch(() => undefined);
  };
  const path = `/streams/${++count}`;
  const given = { silenceMs: readTimeoutMs, lastEventId: lastEventId || undefined, headers, method, body };
  streams.set(
    path,
    new StreamConnection({
      url: streamUrl,
      transports: ['fetch'],
      retry: { maxAttempts: Infinity, baseMs: initialDelayMs ?? 100 },
      ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== null)),
      onMessage: (event) => tell({ kind: 'event', event }),
      onComment: (comment) => tell({ kind: 'comment', comment }),
      onError: ({ message }) => tell({ kind: 'error', error: message }),
    }),
  );
  return path;
}
