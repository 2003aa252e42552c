import { afterEach, describe, expect, it } from '@jest/globals';
import { EVENT_KINDS } from '@vana/events';
import type { StreamOptions } from './options.js';
import type { PageLifecycle } from './page-lifecycle.js';
import type { StreamError, StreamStatus } from './states.js';
import { StreamConnection } from './stream-connection.js';
import type { StreamControl, StreamEvent } from './stream-event.js';
import { STREAM_TYPES } from './transports/event-source.js';
import { Body, ManualClock, ScriptedServer, VERDICT, frame, json, step, turns } from './spec/scripted-server.js';

let stream: StreamConnection | undefined;
afterEach(() => stream?.close());

function follow(server: ScriptedServer, more: Partial<StreamOptions> = {}) {
  const clock = new ManualClock();
  const events: StreamEvent[] = [];
  const controls: StreamControl[] = [];
  const errors: StreamError[] = [];
  const states: StreamStatus['state'][] = [];
  stream = new StreamConnection({
    url: 'http://host/api/stream/s',
    token: 'secret',
    clock,
    fetch: server.fetch,
    onEvent: (event) => events.push(event),
    onControl: (block) => controls.push(block),
    onError: (error) => errors.push(error),
    onStatus: ({ state }) => states.at(-1) !== state && states.push(state),
    ...more,
  });
  const ids = (): string[] => events.map(({ id }) => id);
  return { stream, clock, events, controls, errors, states, ids };
}

describe('parsing', () => {
  it.each(['\n', '\r\n', '\r'])(
    'takes lines that end with %j, one byte at a time, with a byte order mark',
    async (eol) => {
      const body = new Body();
      const { ids, events } = follow(new ScriptedServer().then(body));
      const text = `\uFEFF${VERDICT}: comment\n\n${step(1, { text: 'ü 🎈 漢' })}${step(2)}`.replaceAll('\n', eol);
      for (const byte of new TextEncoder().encode(text)) body.write(Uint8Array.of(byte));
      body.write(`: more${eol}`);
      for (let n = 0; n < 80; n++) await turns();
      expect(ids()).toEqual(['e1-1', 'e1-2']);
      expect(events[0]!.data).toMatchObject({ text: 'ü 🎈 漢' });
    },
  );

  it('reports a block that is no JSON object and goes on', async () => {
    const body = new Body().write(VERDICT).write('event: x.test.bad\nid: e1-1\ndata: {"cut\n\n').write(step(2));
    const { ids, errors } = follow(new ScriptedServer().then(body));
    await turns();
    expect(ids()).toEqual(['e1-2']);
    expect(errors.map(({ category }) => category)).toEqual(['parsing']);
  });

  it('takes a huge event, and several data lines as one', async () => {
    const long = 'x'.repeat(500_000);
    const body = new Body()
      .write(VERDICT)
      .write(step(1, { long }))
      .write('id: e1-2\nevent: x.a.b\ndata: {"a":\ndata: 1}\n\n');
    const { events } = follow(new ScriptedServer().then(body));
    await turns();
    expect(events[0]!.data).toMatchObject({ long });
    expect(events[1]!.data).toEqual({ a: 1 });
  });

  it('discards an event that was cut off, and comes back for it', async () => {
    const [first, second] = [new Body(), new Body()];
    const server = new ScriptedServer().then(first, second);
    const { ids, clock } = follow(server);
    first.write(VERDICT).write(step(1)).write('event: x.test.step\nid: e1-2\ndata: {"n":2}\n');
    await turns();
    first.cut();
    await clock.advance(2_000);
    expect(server.asked[1]!.headers['last-event-id']).toBe('e1-1');
    second.write(step(2));
    await turns();
    expect(ids()).toEqual(['e1-1', 'e1-2']);
  });
});

describe('positions', () => {
  it('delivers what comes twice once, and resumes after control blocks too', async () => {
    const [first, second] = [new Body(), new Body()];
    const server = new ScriptedServer().then(first, second);
    const { ids, clock } = follow(server);
    first.write(VERDICT).write(step(1)).write(step(2)).write(step(2)).write(step(1));
    first.write(frame('heartbeat', 'e1-9', { timestamp: '2030-01-01T00:00:30.000Z' }));
    await turns();
    first.end();
    await clock.advance(2_000);
    expect(server.asked[1]!.headers['last-event-id']).toBe('e1-9');
    second.write(step(9)).write(step(10));
    await turns();
    expect(ids()).toEqual(['e1-1', 'e1-2', 'e1-10']);
  });

  it('follows a reset to another epoch', async () => {
    const body = new Body().write(VERDICT).write(step(5));
    const { ids } = follow(new ScriptedServer().then(body));
    await turns();
    body.write(VERDICT.replaceAll('e1-0', 'e2-0').replace('fresh', 'reset')).write(step(1).replace('e1-1', 'e2-1'));
    await turns();
    expect(ids()).toEqual(['e1-5', 'e2-1']);
  });

  it('lets merged blocks through that carry the position before their run', async () => {
    const chunk = (id: string, messageId: string, merged?: object): string =>
      frame('message_chunk', id, {
        channel: 'chat',
        messageId,
        offset: 0,
        delta: 'text',
        ...(merged ? { merged } : {}),
      });
    const merged = { from: 'e1-0', to: 'e1-9' };
    const body = new Body()
      .write(VERDICT)
      .write(chunk('e1-0', 'a', merged))
      .write(chunk('e1-9', 'b', merged))
      .write(chunk('e1-9', 'b'));
    const { ids } = follow(new ScriptedServer().then(body));
    await turns();
    expect(ids()).toEqual(['e1-0', 'e1-9']);
  });
});

describe('refusals', () => {
  it('fetches a fresh token on 401, once', async () => {
    const server = new ScriptedServer().then(json(401, {}), json(401, { error: { code: 'unauthenticated' } }));
    const asked: boolean[] = [];
    const { errors, states } = follow(server, { token: ({ refresh }) => (asked.push(refresh), `t${asked.length}`) });
    await turns();
    expect(asked).toEqual([false, true]);
    expect(server.asked.map(({ headers }) => headers['authorization'])).toEqual(['Bearer t1', 'Bearer t2']);
    expect(errors.at(-1)).toMatchObject({
      category: 'authentication',
      details: { status: 401, code: 'unauthenticated' },
    });
    expect(states.at(-1)).toBe('error');
  });

  it.each([400, 403, 404, 410])('stops on %i', async (status) => {
    const server = new ScriptedServer().then(json(status, {}));
    const { clock, states, errors } = follow(server);
    await clock.advance(300_000);
    expect([server.asked.length, states.at(-1), errors[0]!.category]).toEqual([1, 'error', 'authorization']);
  });

  it('waits as long as 429 says', async () => {
    const server = new ScriptedServer().then(json(429, {}, { 'retry-after': '7' }), new Body());
    const { clock } = follow(server);
    await clock.advance(6_900);
    expect(server.asked).toHaveLength(1);
    await clock.advance(200);
    expect(server.asked).toHaveLength(2);
  });

  it('takes a web page for what it is', async () => {
    const { errors } = follow(
      new ScriptedServer().then(() => new Response('<html>', { headers: { 'content-type': 'text/html' } })),
    );
    await turns();
    expect(errors[0]).toMatchObject({ category: 'stream', details: { willRetry: true } });
  });

  it('is over after 204 and after `end`', async () => {
    const server = new ScriptedServer().then(() => new Response(null, { status: 204 }));
    const one = follow(server);
    await one.clock.advance(100_000);
    expect([server.asked.length, one.states.at(-1)]).toEqual([1, 'disconnected']);
    const body = new Body().write(VERDICT).write(frame('end', 'e1-0', { reason: 'deleted' }));
    const ending = new ScriptedServer().then(body);
    const two = follow(ending);
    await two.clock.advance(100_000);
    expect([ending.asked.length, two.states.at(-1)]).toEqual([1, 'disconnected']);
  });
});

describe('coming back', () => {
  it('backs off with full jitter, gives up after five attempts, and starts anew when asked', async () => {
    const server = new ScriptedServer();
    const { stream, clock, states } = follow(server);
    clock.chance = 0.999;
    const times: number[] = [];
    for (let ms = 0; ms < 60_000; ms += 100) {
      await clock.advance(100);
      if (server.asked.length > times.length) times.push(ms);
    }
    expect(server.asked).toHaveLength(5);
    expect(times.map((ms) => Math.round(ms / 1_000))).toEqual([0, 1, 3, 7, 15]);
    expect(states.at(-1)).toBe('error');
    stream.reconnect();
    await turns();
    expect(server.asked).toHaveLength(6);
  });

  it('opens the breaker after three lost rounds, and lets one attempt through after half a minute', async () => {
    const server = new ScriptedServer();
    const { stream, clock } = follow(server, { retry: { maxAttempts: 1 } });
    await turns();
    for (let round = 0; round < 2; round++) {
      stream.reconnect();
      await turns();
    }
    expect([server.asked.length, stream.status.breaker]).toEqual([3, 'open']);
    await clock.advance(29_900);
    expect(server.asked).toHaveLength(3);
    await clock.advance(200);
    expect([server.asked.length, stream.status.breaker]).toEqual([4, 'open']);
    server.then(new Body().write(VERDICT));
    await clock.advance(30_100);
    expect([stream.status.state, stream.status.breaker]).toEqual(['connected', 'closed']);
  });

  it('counts from nothing again after ten seconds connected', async () => {
    const bodies = Array.from({ length: 4 }, () => new Body().write(VERDICT));
    const { stream, clock } = follow(new ScriptedServer().then('unreachable', 'unreachable', ...bodies));
    await clock.advance(5_000);
    expect(stream.status).toMatchObject({ state: 'connected', attempt: 2 });
    await clock.advance(11_000);
    bodies[0]!.end();
    await clock.advance(2_000);
    expect(stream.status).toMatchObject({ state: 'connected', attempt: 1 });
  });

  it('comes back when the server says so, without counting it', async () => {
    const [first, second] = [new Body(), new Body()];
    const server = new ScriptedServer().then(first, second);
    const { stream, clock } = follow(server);
    first
      .write(VERDICT)
      .write('retry: 3000\n\n')
      .write(frame('closing', 'e1-0', { reason: 'drain', reconnect: true }));
    await turns();
    first.end();
    await clock.advance(2_900);
    expect(server.asked).toHaveLength(1);
    await clock.advance(200);
    expect([server.asked.length, stream.status.attempt]).toEqual([2, 0]);
  });

  it('does not come back when it was revoked', async () => {
    const body = new Body().write(VERDICT).write(frame('closing', 'e1-0', { reason: 'revoked', reconnect: false }));
    const server = new ScriptedServer().then(body);
    const { clock, states } = follow(server);
    await clock.advance(100_000);
    expect([server.asked.length, states.at(-1)]).toEqual([1, 'error']);
  });

  it('brings a fresh token when the last one ran out', async () => {
    const [first, second] = [new Body(), new Body()];
    let n = 0;
    const server = new ScriptedServer().then(first, second);
    const { clock } = follow(server, { token: () => `t${++n}` });
    await turns();
    first.write(VERDICT).write(frame('closing', 'e1-0', { reason: 'token_expired', reconnect: true }));
    await turns();
    first.end();
    await clock.advance(100);
    expect(server.asked[1]!.headers['authorization']).toBe('Bearer t2');
  });

  it('notices a dead connection at three times the heartbeats it has seen', async () => {
    const [first, second] = [new Body(), new Body()];
    const server = new ScriptedServer().then(first, second);
    const { clock, errors } = follow(server);
    const beat = (s: number): string => frame('heartbeat', 'e1-0', { timestamp: new Date(s * 1_000).toISOString() });
    await clock.advance(0);
    first.write(VERDICT).write(beat(100));
    await clock.advance(10_000);
    first.write(beat(110));
    await clock.advance(29_000);
    expect(server.asked).toHaveLength(1);
    await clock.advance(70_000);
    expect(server.asked.length).toBeGreaterThan(1);
    expect(errors[0]).toMatchObject({ category: 'timeout' });
  });

  it('waits while offline, and returns at once when online', async () => {
    const page = { online: true, listeners: new Set<() => void>(), offline: new Set<() => void>() };
    const lifecycle: PageLifecycle = {
      get online() {
        return page.online;
      },
      onReturn: (listener) => (page.listeners.add(listener), () => void page.listeners.delete(listener)),
      onOffline: (listener) => (page.offline.add(listener), () => void page.offline.delete(listener)),
    };
    const server = new ScriptedServer().then(new Body().write(VERDICT).write(step(1)), new Body().write(step(2)));
    const { clock, ids, stream } = follow(server, { page: lifecycle });
    await turns();
    page.online = false;
    for (const listener of page.offline) listener();
    await clock.advance(600_000);
    expect([server.asked.length, stream.status.state]).toEqual([1, 'reconnecting']);
    page.online = true;
    for (const listener of page.listeners) listener();
    await turns();
    expect([server.asked.length, ids()]).toEqual([2, ['e1-1', 'e1-2']]);
    stream.close();
    expect([page.listeners.size, page.offline.size]).toEqual([0, 0]);
  });
});

describe('long-polling', () => {
  const answer = (cursor: string, ...seqs: number[]): (() => Response) =>
    json(200, {
      events: seqs.map((n) => ({ id: `e1-${n}`, event: 'x.test.step', data: { n, channel: 'chat' } })),
      cursor,
    });

  it('takes over when no first byte comes, and gives way again', async () => {
    const server = new ScriptedServer().then('hang', 'hang', answer('e1-2', 1, 2), answer('e1-3', 3), 'hang');
    const { clock, ids, stream } = follow(server);
    await clock.advance(24_000);
    expect(ids()).toEqual(['e1-1', 'e1-2', 'e1-3']);
    expect(stream.status.transport).toBe('poll');
    expect(server.asked.slice(2).map(({ url }) => `${url.pathname}${url.search}`)).toEqual([
      '/api/poll/s?replay=merged&wait=0',
      '/api/poll/s?replay=merged&cursor=e1-2&wait=25',
      '/api/poll/s?replay=merged&cursor=e1-3&wait=25',
    ]);
  });

  it('takes over when heartbeats come in bunches', async () => {
    const body = new Body().write(VERDICT);
    const server = new ScriptedServer().then(body, answer('e1-1', 1), 'hang');
    const { clock, ids, stream } = follow(server);
    await clock.advance(90_000 - 1);
    for (const s of [30, 60, 90])
      body.write(frame('heartbeat', 'e1-0', { timestamp: new Date(s * 1_000).toISOString() }));
    await turns();
    expect([stream.status.transport, ids()]).toEqual(['poll', ['e1-1']]);
  });
});

describe('the token of a live connection', () => {
  it('is replaced before it runs out', async () => {
    const tokenOf = (exp: number): string => `h.${btoa(JSON.stringify({ exp }))}.s`;
    const start = Math.floor(Date.now() / 1_000);
    const body = new Body().write(VERDICT);
    const server = new ScriptedServer().then(body, () => new Response(null, { status: 204 }));
    const { clock } = follow(server, { token: ({ refresh }) => tokenOf(refresh ? start + 4_000 : start + 100) });
    await clock.advance(71_000);
    expect(server.asked[1]).toMatchObject({
      method: 'POST',
      headers: { authorization: `Bearer ${tokenOf(start + 4_000)}` },
    });
    expect(server.asked[1]!.url.pathname).toBe('/api/stream/c1/token');
  });
});

describe('the iterator', () => {
  it('gives every event and closes the stream when it is left', async () => {
    const body = new Body().write(VERDICT).write(step(1)).write(step(2)).write(step(3));
    const { stream } = follow(new ScriptedServer().then(body));
    const seen: string[] = [];
    for await (const { id } of stream) if (seen.push(id) === 2) break;
    await turns();
    expect([seen, body.cancelled || stream.status.state]).toEqual([['e1-1', 'e1-2'], 'disconnected']);
  });

  it('stops reading while the taker is slow', async () => {
    const body = new Body().write(VERDICT);
    const { stream, events } = follow(new ScriptedServer().then(body));
    const iterator = stream[Symbol.asyncIterator]();
    await turns();
    for (let n = 1; n <= 3_000; n++) body.write(step(n));
    for (let n = 0; n < 200; n++) await turns();
    const read = events.length;
    expect(read).toBeLessThan(1_100);
    for (let n = 1; n <= 3_000; n++) {
      const { value } = (await iterator.next()) as { value: StreamEvent };
      expect(value.id).toBe(`e1-${n}`);
    }
  });
});

describe('a whole day', () => {
  it('keeps timers and memory bounded', async () => {
    const body = new Body().write(VERDICT);
    const { clock, stream } = follow(new ScriptedServer().then(body));
    await turns();
    for (let s = 0; s < 8 * 3_600; s += 30) {
      body.write(frame('heartbeat', 'e1-0', { timestamp: new Date(s * 1_000).toISOString() }));
      await clock.advance(30_000);
    }
    expect(stream.status).toMatchObject({ state: 'connected', health: 'healthy' });
    expect(clock.timers).toBeLessThanOrEqual(1);
  }, 60_000);
});

it('EventSource is told every event name there is', () => {
  expect([...STREAM_TYPES, 'error'].sort()).toEqual(Object.keys(EVENT_KINDS).sort());
});
