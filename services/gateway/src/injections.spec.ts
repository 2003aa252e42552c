// What was written into a header, a cookie, a path or an id to become something else, byte by byte as it is
// sent: none of it reaches a store, a command, a broadcaster or the log, and one request is one answer.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { isValidId, type SessionKey } from '@vana/events';
import { connect } from 'node:net';
import { GatewayWorld } from './spec/gateway-world.js';

const MARK = 'X-Injected';
const world = new GatewayWorld();
const asked: string[] = [];
let token: string;
beforeAll(async () => {
  await world.start({ RATE_LIMIT_ADDRESS: '0', RATE_LIMIT_PRINCIPAL: '0' });
  await world.addBroadcaster((_request, response) => void response.writeHead(200).end('{}'));
  const get = world.sessions.get.bind(world.sessions);
  world.sessions.get = (key: SessionKey) => {
    asked.push(key.tenant, key.sessionId);
    return get(key);
  };
  token = await world.token();
});
afterAll(() => world.stop());
afterEach(() => {
  for (const id of asked.splice(0)) expect([id, isValidId(id)]).toContain(true);
  for (const { command } of world.commands.calls.splice(0))
    expect(JSON.stringify(command)).not.toMatch(/inject|smuggl/i);
  for (const path of world.relayed.splice(0)) expect(path).not.toMatch(/[\r\n\0*>]|\.\.|inject|smuggl/i);
  expect(world.logged.splice(0).join('')).not.toMatch(/inject|smuggl/i);
});

/** All that comes back until the gateway closes. */
function say(bytes: string): Promise<string> {
  const { hostname, port } = new URL(world.url);
  return new Promise((resolve, reject) => {
    let heard = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes, 'latin1'));
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')));
    socket.once('error', reject).once('close', () => resolve(heard));
  });
}

const request = (target: string, extra = '', method = 'GET', body = '') =>
  `${method} ${target} HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\nAuthorization: Bearer ${token}\r\n${extra}\r\n${body}`;
const heads = (text: string) => text.match(/^HTTP\/1\.1 \d{3}/gm) ?? [];

const BYTES = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  '*',
  '>',
  '..',
  '../',
  '%0d%0a',
  '%00',
  '%2a',
  '%3e',
  '%2e%2e%2f',
  '\x7f',
  '\xff',
];
const TARGETS = ['/api/stream/', '/api/run_sse/', '/agent_network_sse/', '/api/poll/', '/api/sessions/', '/api/runs/'];

describe.each(BYTES.map((bytes) => [JSON.stringify(bytes), bytes] as const))('%s', (_shown, bytes) => {
  it.each(TARGETS)('in the id of %s', async (target) => {
    for (const id of [`mine${bytes}${MARK}: 1`, `${bytes}${MARK}`, `mine${bytes}`]) {
      const heard = await say(request(`${target}${id}`));
      expect(heads(heard)).toHaveLength(1);
      expect(heard).toMatch(/^HTTP\/1\.1 4\d\d /);
      expect(heard).toMatch(/"code":"(invalid_session_id|invalid_run_id|malformed_request|not_found|\w+_not_found)"/);
      expect(heard).not.toMatch(new RegExp(`^${MARK}:`, 'im'));
    }
  });

  it.each([
    'Last-Event-ID',
    'Cookie',
    'X-Request-Id',
    'User-Agent',
    'Accept',
    'Origin',
    'Idempotency-Key',
    'traceparent',
  ])('in the header %s', async (name) => {
    const value = `a${bytes}${MARK}: 1`;
    const heard = await say(request('/api/stream/foreign', `${name}: ${value}\r\n`));
    expect(heads(heard)).toHaveLength(1);
    expect(heard).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(heard).not.toMatch(new RegExp(`^${MARK}:`, 'im'));
  });

  it('in the query', async () => {
    const heard = await say(request(`/api/sessions?limit=5${bytes}${MARK}: 1`));
    expect(heads(heard)).toHaveLength(1);
    expect(heard).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('in the body', async () => {
    const body = JSON.stringify({ session_id: `mine${bytes}${MARK}` });
    const extra = `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body, 'latin1')}\r\n`;
    const heard = await say(request('/api/sessions', extra, 'POST', body));
    expect(heads(heard)).toHaveLength(1);
    expect(heard).toMatch(/"code":"(invalid_session_id|bad_json)"/);
  });
});

const SMUGGLED = `GET /api/sessions/smuggled HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer ${'x'}\r\n\r\n`;
const CHUNKS = `0\r\n\r\n${SMUGGLED}`;
const JSON_TYPE = 'Content-Type: application/json\r\n';

describe('a request within a request', () => {
  it.each<[string, string, string]>([
    ['a length and chunks', `Content-Length: ${CHUNKS.length}\r\nTransfer-Encoding: chunked\r\n`, CHUNKS],
    ['chunks and a length', `Transfer-Encoding: chunked\r\nContent-Length: 4\r\n`, CHUNKS],
    ['two lengths', `Content-Length: 0\r\nContent-Length: ${SMUGGLED.length}\r\n`, SMUGGLED],
    ['a list of lengths', `Content-Length: 0, ${SMUGGLED.length}\r\n`, SMUGGLED],
    ['a signed length', 'Content-Length: +0\r\n', SMUGGLED],
    ['a length in hexadecimal', 'Content-Length: 0x0\r\n', SMUGGLED],
    ['an encoding with a tab', 'Transfer-Encoding:\tchunked\r\nContent-Length: 4\r\n', CHUNKS],
    ['an encoding that is none', 'Transfer-Encoding: xchunked\r\nContent-Length: 4\r\n', CHUNKS],
    ['an encoding after a space', 'Transfer-Encoding : chunked\r\nContent-Length: 4\r\n', CHUNKS],
    ['a folded header', `X-Fold: a\r\n Transfer-Encoding: chunked\r\n`, CHUNKS],
    ['two encodings', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', CHUNKS],
    ['a chunk that lies about its size', 'Transfer-Encoding: chunked\r\n', `-1\r\n${SMUGGLED}`],
    ['a chunk with a bare line end', 'Transfer-Encoding: chunked\r\n', `2\n{}\r\n0\r\n\r\n${SMUGGLED}`],
  ])('by %s is answered once, or never', async (_name, headers, body) => {
    // No `Connection: close`: the second one could be answered.
    const head = `POST /api/sessions HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer ${token}\r\n${JSON_TYPE}`;
    const heard = await say(`${head}${headers}\r\n${body}`);
    expect(heads(heard).length).toBeLessThanOrEqual(1);
    expect(heard).not.toMatch(/^HTTP\/1\.1 2/);
  });
});
