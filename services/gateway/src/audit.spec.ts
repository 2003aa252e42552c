// The audit log, as real requests write it.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLOSED_TRAILER } from '@vana/routing';
import { eventually } from '@vana/test-kit';
import { GatewayWorld } from './spec/gateway-world.js';

const SSE = { 'content-type': 'text/event-stream; charset=utf-8' };
type Line = Record<string, unknown>;
let folder: string;
let file: string;
let world: GatewayWorld;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vana-audit-'));
  file = join(folder, 'audit.log');
  world = new GatewayWorld();
  await world.start({ AUDIT_LOG: file });
});
afterEach(async () => {
  await world.stop();
  await rm(folder, { recursive: true });
});

/** Waits until so many lines are there. */
async function lines(count: number): Promise<Line[]> {
  return eventually(async () => {
    const text = await readFile(file, 'utf8');
    const found = text.split('\n').filter((line) => line !== '');
    return found.length >= count && found.map((line) => JSON.parse(line) as Line);
  });
}

const WHO = { principal: 'ada', tenant: 'default', authenticated: true, auth_required: true, access_type: 'bearer' };

describe('the audit log', () => {
  it('tells of a stream that begins and ends, and why', async () => {
    await world.addBroadcaster((_request, response) => {
      response.writeHead(200, SSE).write('event: closing\ndata: {}\n\n');
      response.addTrailers({ [CLOSED_TRAILER]: 'token_expired' });
      response.end();
    });
    const headers = { 'x-request-id': 'req-7', 'user-agent': 'spec/1' };
    await world.ask('GET', '/api/stream/mine', undefined, headers);
    const [connect, close] = await lines(2);
    const facts = {
      ...WHO,
      log: 'audit',
      service: 'gateway',
      session: 'mine',
      route: 'GET /api/stream/:session_id',
      address: '127.0.0.1',
      user_agent: 'spec/1',
      request_id: 'req-7',
    };
    expect(connect).toEqual({ ...facts, event: 'connect', time: expect.any(String) });
    expect(close).toEqual({
      ...facts,
      event: 'close',
      reason: 'token_expired',
      duration_ms: expect.any(Number),
      time: expect.any(String),
    });
  });

  it('tells who ended a stream when nobody has said why', async () => {
    await world.addBroadcaster((_request, response) => void response.writeHead(200, SSE).flushHeaders());
    const { hostname, port } = new URL(world.url);
    const headers = { authorization: `Bearer ${await world.token()}` };
    const request = httpRequest({ hostname, port, path: '/api/stream/mine', headers, agent: false });
    request.on('error', () => undefined).end();
    await new Promise((resolve) => request.once('response', resolve));
    request.destroy();
    expect((await lines(2))[1]).toMatchObject({ event: 'close', reason: 'client' });
  });

  it('tells of starts, cancels and deletions', async () => {
    await world.ask('POST', '/api/run_sse/mine', { query: 'the secret question' });
    await world.ask('DELETE', '/api/runs/run-1');
    await world.ask('DELETE', '/api/sessions/mine');
    await world.ask('GET', '/api/sessions');
    await world.ask('POST', '/api/run_sse/mine', { query: '' });
    const [start, cancel, removed, ...more] = await lines(3);
    expect(start).toMatchObject({ ...WHO, event: 'start', session: 'mine', status: 202 });
    expect(cancel).toMatchObject({ ...WHO, event: 'cancel', run: 'run-1', status: 200 });
    expect(removed).toMatchObject({ ...WHO, event: 'delete', session: 'mine', status: 204 });
    expect(more).toEqual([]);
    expect(await readFile(file, 'utf8')).not.toContain('secret');
  });

  it('tells of refusals with their code, also those that a stream is told on a 200', async () => {
    await world.stop();
    world = new GatewayWorld();
    await world.start({ AUDIT_LOG: file, RATE_LIMIT_ADDRESS: '3' });
    await world.send('GET', '/api/stream/mine');
    await world.ask('GET', '/api/stream/foreign');
    await world.send('GET', `/api/stream/mine?token=${await world.token()}`);
    await world.send('GET', '/api/stream/mine', { accept: 'text/event-stream' });
    const found = await lines(4);
    expect(found).toEqual([
      expect.objectContaining({ event: 'refusal', code: 'unauthenticated', status: 401, authenticated: false }),
      expect.objectContaining({ ...WHO, event: 'refusal', code: 'session_not_found', session: 'foreign' }),
      expect.objectContaining({ event: 'refusal', code: 'token_in_query', status: 400 }),
      expect.objectContaining({ event: 'refusal', code: 'rate_limited', status: 200, access_type: 'none' }),
    ]);
  });

  it('never holds a token, wherever it was put', async () => {
    const token = await world.token();
    const bad = `${token.slice(0, -4)}AAAA`;
    await world.ask('GET', `/api/stream/${bad}`);
    await world.ask('GET', '/api/stream/unknown', undefined, { 'user-agent': bad, 'x-request-id': bad, cookie: bad });
    await world.send('GET', `/api/stream/mine?access_token=${bad}`, { authorization: `Bearer ${bad}` });
    await world.send('GET', `/${bad}`, { authorization: `Bearer ${bad}` });
    await lines(2);
    expect(await readFile(file, 'utf8')).not.toContain(bad.split('.')[1]);
  });

  it('gives a request that brings no sane id a new one, and tells the client and the broadcaster', async () => {
    let passedOn: unknown;
    await world.addBroadcaster((request, response) => {
      passedOn = request.headers['x-request-id'];
      response.writeHead(200, SSE).end();
    });
    const answer = await world.ask('GET', '/api/stream/mine', undefined, { 'x-request-id': 'bad id <>' });
    const id = answer.headers['x-request-id'];
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(passedOn).toBe(id);
    expect((await lines(1))[0]!.request_id).toBe(id);
  });
});
