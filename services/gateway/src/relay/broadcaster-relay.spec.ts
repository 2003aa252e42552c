import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { POD_REFUSAL_HEADER } from '@vana/routing';
import { eventually } from '@vana/test-kit';
import type { IncomingMessage, RequestListener } from 'node:http';
import { RelayWorld, SSE, nextChunk, readAll } from '../spec/relay-world.js';

let world: RelayWorld;
beforeEach(() => {
  world = new RelayWorld();
});
afterEach(() => world.stop());

const saying =
  (text: string): RequestListener =>
  (_request, response) => {
    response.writeHead(200, SSE).end(text);
  };
/** Takes the request and says nothing; the promise tells when it came and when it was dropped. */
function silent() {
  const came = Promise.withResolvers<IncomingMessage>();
  const dropped = Promise.withResolvers<void>();
  const listener: RequestListener = (request, response) => {
    came.resolve(request);
    response.once('close', dropped.resolve);
  };
  return { listener, came: came.promise, dropped: dropped.promise };
}

describe('the choice of a broadcaster', () => {
  it('asks the next one when the connection is refused', async () => {
    await world.start('refused', 'refused', saying('data: third\n\n'));
    expect(await readAll(await world.ask())).toEqual({ text: 'data: third\n\n', broken: false });
    expect(await world.count('vana_gateway_relay_failovers_total')).toBe(2);
  });

  it('asks the next one when no first byte came in time, and drops the silent request', async () => {
    const first = silent();
    await world.start(first.listener, saying('data: second\n\n'));
    const answer = world.ask();
    await first.came;
    await world.clock.advance(999);
    expect(world.started).toBeUndefined();
    await world.clock.advance(1);
    expect((await readAll(await answer)).text).toBe('data: second\n\n');
    await first.dropped;
  });

  it('asks the next one when the connection breaks before the head', async () => {
    await world.start((request) => request.socket.resetAndDestroy(), saying('data: second\n\n'));
    expect((await readAll(await world.ask())).text).toBe('data: second\n\n');
  });

  it('asks the next one on 503', async () => {
    const busy: RequestListener = (_request, response) => void response.writeHead(503).end('{}');
    await world.start(busy, saying('data: second\n\n'));
    expect((await readAll(await world.ask())).text).toBe('data: second\n\n');
  });

  it('asks the next one when a poll’s broadcaster falls silent', async () => {
    world.kind = 'poll';
    const first = silent();
    await world.start(first.listener, saying('{}'));
    const answer = world.ask();
    await first.came;
    world.fallSilent(0);
    expect((await readAll(await answer)).text).toBe('{}');
    await first.dropped;
  });

  it('asks the next one when a broadcaster has no room for anybody', async () => {
    const full: RequestListener = (_request, response) =>
      void response.writeHead(200, { ...SSE, [POD_REFUSAL_HEADER]: 'too_many_connections' }).end('event: closing\n');
    await world.start(full, saying('data: second\n\n'));
    expect((await readAll(await world.ask())).text).toBe('data: second\n\n');
    await world.stop();

    world = new RelayWorld();
    await world.start(full, full);
    expect((await world.ask()).statusMessage).toBe('full');
  });

  it('tells when none is left', async () => {
    await world.start('refused', 'refused');
    expect((await world.ask()).statusMessage).toBe('unserved');
    expect(await world.count('vana_gateway_unserved_total')).toBe(1);
  });

  it('tells when none is there', async () => {
    await world.start();
    expect((await world.ask()).statusMessage).toBe('unserved');
  });

  it('gives a page more time once it is being made, and then asks nobody else', async () => {
    world.kind = 'page';
    const first = silent();
    const second = silent();
    await world.start(first.listener, second.listener);
    const answer = world.ask();
    await first.came;
    await eventually(() => world.clock.scheduled === 1);
    await world.clock.advance(9_000);
    expect(world.started).toBeUndefined();
    await world.clock.advance(1_000);
    expect((await answer).statusMessage).toBe('late');
    await first.dropped;
    let asked = false;
    void second.came.then(() => (asked = true));
    await world.clock.flush();
    expect(asked).toBe(false);
  });

  it('drops the request when the client leaves before the first byte', async () => {
    const first = silent();
    await world.start(first.listener, saying('never'));
    const answer = world.ask();
    await first.came;
    world.downstream!.destroy();
    await expect(answer).rejects.toThrow();
    await first.dropped;
    await eventually(() => world.started === 'client_gone');
    expect(await world.count('vana_gateway_relay_failovers_total')).toBe(0);
  });
});

describe('what crosses the gateway', () => {
  it('passes on what the broadcaster needs and nothing else', async () => {
    const seen = silent();
    await world.start(seen.listener);
    const answer = world.ask(
      {
        authorization: 'Bearer x.y.z',
        'last-event-id': 'e-5',
        traceparent: '00-1-2-01',
        cookie: 'a=b',
        'x-vana-principal': 'root',
        'x-forwarded-for': '6.6.6.6',
        'x-forwarded-host': 'evil',
        'accept-encoding': 'gzip',
        te: 'trailers',
        connection: 'keep-alive, x-hop',
        'x-hop': '1',
      },
      '/api/stream/s1?channels=agents,chat&replay=all',
    );
    const { url, headers } = await seen.came;
    expect(url).toBe('/api/stream/s1?channels=agents,chat&replay=all');
    expect(headers).toEqual({
      authorization: 'Bearer call.to.ken',
      'last-event-id': 'e-5',
      traceparent: '00-1-2-01',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-request-id': 'r-1',
      'x-forwarded-host': expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      host: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      connection: 'close',
    });
    world.downstream!.destroy();
    await expect(answer).rejects.toThrow();
  });

  it('passes a refusal of the broadcaster on as it is', async () => {
    const body = '{"error":{"code":"session_gone"}}';
    const gone: RequestListener = (_request, response) => {
      response
        .writeHead(410, {
          'content-type': 'application/json; charset=utf-8',
          'content-length': body.length,
          'cache-control': 'no-store',
          'x-vana-pod': 'secret',
          'keep-alive': 'timeout=7',
        })
        .end(body);
    };
    await world.start(gone, saying('never'));
    const answer = await world.ask();
    expect(answer.statusCode).toBe(410);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(body.length),
      'cache-control': 'no-store',
    });
    expect(answer.headers['x-vana-pod']).toBeUndefined();
    expect(answer.headers['keep-alive']).not.toBe('timeout=7');
    expect(await readAll(answer)).toEqual({ text: body, broken: false });
  });

  it('passes 204 on', async () => {
    await world.start((_request, response) => void response.writeHead(204).end());
    const answer = await world.ask();
    expect(answer.statusCode).toBe(204);
    expect((await readAll(answer)).text).toBe('');
  });

  it('passes head and bytes on as they come', async () => {
    const says = Promise.withResolvers<(text: string) => void>();
    await world.start((_request, response) => {
      response.writeHead(200, SSE).flushHeaders();
      says.resolve((text) => void response.write(text));
    });
    const answer = await world.ask();
    expect(answer.headers['content-type']).toBe(SSE['content-type']);
    const say = await says.promise;
    for (const text of ['retry: 500\n\n', 'event: a\nid: e-1\nda', 'ta: {}\n\n']) {
      const chunk = nextChunk(answer);
      say(text);
      expect(await chunk).toBe(text);
    }
    answer.destroy();
  });

  it('counts what is open and what has passed', async () => {
    const text = 'data: ü\n\n';
    await world.start(saying(text));
    await readAll(await world.ask());
    await eventually(async () => (await world.count('vana_gateway_relays_ended_total')) === 1);
    expect(await world.count('vana_gateway_open_relays')).toBe(0);
    expect(await world.count('vana_gateway_relayed_bytes_total')).toBe(Buffer.byteLength(text));
  });
});
