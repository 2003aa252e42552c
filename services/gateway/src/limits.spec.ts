// The limits at the door, through real requests.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createConnection } from 'node:net';
import { eventually } from '@vana/test-kit';
import { GatewayWorld } from './spec/gateway-world.js';

let world: GatewayWorld;
beforeEach(() => {
  world = new GatewayWorld();
});
afterEach(() => world.stop());

const SSE = { 'content-type': 'text/event-stream; charset=utf-8' };
const ACCEPT = { accept: 'text/event-stream' };
const CLOSING = /^retry: (\d+)\n\nevent: closing\n(?:id: (.*)\n)?data: (\{.*\})\n\n$/;
const closingOf = (text: string) => {
  const [, retry, id, data] = CLOSING.exec(text)!;
  return { retryMs: Number(retry), id, ...(JSON.parse(data!) as { reason: string; reconnect: boolean }) };
};

describe('requests of one address', () => {
  it('are refused over the limit, whatever their tokens are, with the time to come back', async () => {
    await world.start({ RATE_LIMIT_ADDRESS: '3' });
    for (let n = 0; n < 3; n++) expect((await world.send('GET', '/api/sessions')).status).toBe(401);
    const refused = await world.ask('GET', '/api/sessions');
    expect([refused.status, refused.code]).toEqual([429, 'rate_limited']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
    // Whoever watches the service is not a client.
    expect((await world.send('GET', '/health/live')).status).toBe(200);
    expect((await world.send('GET', '/metrics')).text).toContain('vana_gateway_refusals_total{code="rate_limited"');
  });

  it('tell a stream’s client on a 200 when to come back, with its position', async () => {
    await world.start({ RATE_LIMIT_ADDRESS: '1' });
    await world.send('GET', '/api/sessions');
    const answer = await world.ask('GET', '/api/stream/mine', undefined, { ...ACCEPT, 'last-event-id': 'e-9' });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe(SSE['content-type']);
    const { retryMs, ...closing } = closingOf(answer.text);
    expect(closing).toEqual({ id: 'e-9', reason: 'rate_limited', reconnect: true });
    expect(retryMs).toBeGreaterThan(1_000);
  });

  it('are told apart by X-Forwarded-For only behind a trusted proxy', async () => {
    await world.start({ RATE_LIMIT_ADDRESS: '1', TRUSTED_PROXIES: '127.0.0.0/8,10.0.0.0/8' });
    const from = async (forwarded: string) =>
      (await world.send('GET', '/api/sessions', { 'x-forwarded-for': forwarded })).status;
    expect(await from('203.0.113.1')).toBe(401);
    expect(await from('203.0.113.2, 10.0.0.1')).toBe(401);
    expect(await from('203.0.113.1')).toBe(429);
    // What stands left of the last untrusted address was said by the client.
    expect(await from('203.0.113.9, 203.0.113.2')).toBe(429);
  });

  it('are not told apart by X-Forwarded-For from anybody else', async () => {
    await world.start({ RATE_LIMIT_ADDRESS: '1', TRUSTED_PROXIES: '10.0.0.0/8' });
    const from = async (forwarded: string) =>
      (await world.send('GET', '/api/sessions', { 'x-forwarded-for': forwarded })).status;
    expect([await from('203.0.113.1'), await from('203.0.113.2')]).toEqual([401, 429]);
  });
});

describe('requests of one principal', () => {
  it('are refused over the limit, others’ are not', async () => {
    await world.start({ RATE_LIMIT_PRINCIPAL: '2' });
    for (let n = 0; n < 2; n++) expect((await world.ask('GET', '/api/sessions')).status).toBe(200);
    const refused = await world.ask('GET', '/api/runs/run-1');
    expect([refused.status, refused.code]).toEqual([429, 'rate_limited']);
    const bob = { authorization: `Bearer ${await world.token({ sub: 'bob' })}` };
    expect((await world.ask('GET', '/api/sessions', undefined, bob)).status).toBe(200);
    // The same name in another tenant is somebody else.
    const other = { authorization: `Bearer ${await world.token({ tenant: 'acme' })}` };
    expect((await world.ask('GET', '/api/sessions', undefined, other)).status).toBe(200);
  });

  it('may start so many runs', async () => {
    await world.start({ RUN_QUOTA: '2' });
    const start = () => world.ask('POST', '/api/run_sse/mine', { query: 'why?' });
    expect([(await start()).status, (await start()).status]).toEqual([202, 202]);
    const refused = await start();
    expect([refused.status, refused.code]).toEqual([429, 'run_quota_exceeded']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(60);
    expect(world.commands.calls).toHaveLength(2);
    expect((await world.ask('GET', '/api/runs/run-1')).status).toBe(200);
  });
});

describe('open connections', () => {
  it('of one principal are bounded; a place is free again when one ends', async () => {
    await world.start({ SSE_MAX_CONNECTIONS_PER_PRINCIPAL: '1' });
    const ends: (() => void)[] = [];
    await world.addBroadcaster((_request, response) => {
      response.writeHead(200, SSE).flushHeaders();
      ends.push(() => response.end('data: last\n\n'));
    });
    const first = world.ask('GET', '/api/stream/mine');
    await eventually(() => ends.length === 1);

    const stream = await world.ask('GET', '/api/stream/mine', undefined, { 'last-event-id': 'e-9' });
    expect(stream.status).toBe(200);
    const { retryMs, ...closing } = closingOf(stream.text);
    expect(closing).toEqual({ id: 'e-9', reason: 'too_many_connections', reconnect: true });
    expect(retryMs).toBeGreaterThanOrEqual(5_000);
    const poll = await world.ask('GET', '/api/poll/mine');
    expect([poll.status, poll.code, poll.headers['retry-after']]).toEqual([429, 'too_many_connections', '5']);
    // Pages are no connections.
    const page = world.ask('GET', '/api/sessions/mine/events');
    await eventually(() => ends.length === 2);
    ends[1]!();
    expect((await page).status).toBe(200);

    ends[0]!();
    expect((await first).text).toBe('data: last\n\n');
    const again = world.ask('GET', '/api/stream/mine');
    await eventually(() => ends.length === 3);
    ends[2]!();
    expect((await again).text).toBe('data: last\n\n');
  });

  it('give their place back after a refusal', async () => {
    await world.start({ SSE_MAX_CONNECTIONS: '1' });
    for (let n = 0; n < 3; n++) expect((await world.ask('GET', '/api/poll/foreign')).code).toBe('session_not_found');
  });
});

describe('sizes and times', () => {
  it('of URLs, headers and bodies are bounded', async () => {
    await world.start({ HTTP_MAX_URL_LENGTH: '200', HTTP_MAX_HEADER_BYTES: '2000', HTTP_MAX_BODY_BYTES: '100' });
    expect(await world.ask('GET', `/api/sessions?x=${'y'.repeat(200)}`)).toMatchObject({
      status: 414,
      code: 'url_too_long',
    });
    expect(await world.ask('GET', '/api/sessions', undefined, { 'x-big': 'y'.repeat(2_000) })).toMatchObject({
      status: 431,
      code: 'headers_too_large',
    });
    expect(await world.ask('POST', '/api/sessions', { title: 'y'.repeat(100) })).toMatchObject({
      status: 413,
      code: 'body_too_large',
    });
  });

  it.each([
    ['headers', 'GET /api/sessions HTTP/1.1\r\nHost: a\r\nX-Slow: '],
    [
      'body',
      'POST /api/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{',
    ],
  ])('cut a client off that sends its %s too slowly', async (_name, begin) => {
    await world.start({ HTTP_HEADERS_TIMEOUT: '400', HTTP_REQUEST_TIMEOUT: '400' });
    const { hostname, port } = new URL(world.url);
    let dripping: NodeJS.Timeout | undefined;
    const socket = createConnection(Number(port), hostname, () => {
      socket.write(begin);
      // One byte now and then keeps no connection alive.
      dripping = setInterval(() => socket.write('a'), 100);
    });
    let heard = '';
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(dripping);
    expect(heard).toMatch(/^HTTP\/1\.1 408 /);
    expect(heard).toContain('"code":"request_timeout"');
  });
});
