import { beforeEach, describe, expect, it } from '@jest/globals';
import { FakeClock } from '@vana/test-kit';
import { AgentRun } from './agent-run.js';
import { EventPublisher } from './event-publisher.js';
import type { PublisherOptions } from './options.js';

interface Seen {
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}
type Answer = (seen: Seen, nth: number) => Response | Promise<Response>;

let clock: FakeClock;
let seen: Seen[];
let answer: Answer;
const events = (request: Seen): { seq: number; type: string }[] =>
  request.body.split('\n').map((line) => JSON.parse(line) as { seq: number; type: string });
const stored: Answer = (request) =>
  Response.json({ positions: events(request).map(({ seq }) => `e-${seq}`), duplicates: 0 });
const refusal = (status: number, code: string, more: object = {}, headers: Record<string, string> = {}): Response =>
  Response.json({ error: { code, message: 'no', retryable: status >= 429, ...more } }, { status, headers });

beforeEach(() => {
  clock = new FakeClock();
  [seen, answer] = [[], stored];
});
const options = (more: Partial<PublisherOptions> = {}): PublisherOptions => ({
  ...{ url: 'http://gateway', token: 't', sessionId: 's1', producer: 'p', clock, ...more },
  fetch: async (url, init) => {
    const { pathname, search } = new URL(url as URL);
    const request = { path: pathname + search, headers: new Headers(init?.headers), body: init?.body as string };
    seen.push(request);
    return answer(request, seen.length);
  },
});
const event = { type: 'x.acme.note', data: {} };

describe('EventPublisher', () => {
  it('gathers what comes within the linger into one request, in order', async () => {
    const publisher = new EventPublisher(options());
    const positions = [publisher.publish(event), publisher.publish({ ...event, type: 'x.acme.other' })];
    await clock.advance(19);
    expect(seen).toEqual([]);
    await clock.advance(1);
    expect(await Promise.all(positions)).toEqual(['e-1', 'e-2']);
    expect(seen).toHaveLength(1);
    expect(seen[0]!.path).toBe('/api/events/s1?producer=p');
    expect(seen[0]!.headers.get('authorization')).toBe('Bearer t');
    expect(seen[0]!.headers.get('content-type')).toBe('application/x-ndjson');
    expect(events(seen[0]!)).toEqual([
      { ...event, seq: 1 },
      { ...event, type: 'x.acme.other', seq: 2 },
    ]);
  });

  it('sends a full batch at once, and has one request under way', async () => {
    let release: () => void = () => undefined;
    answer = async (request) => {
      await new Promise<void>((resolve) => (release = resolve));
      return stored(request, 0);
    };
    const publisher = new EventPublisher(options({ batchSize: 3 }));
    const all = Array.from({ length: 8 }, () => publisher.publish(event));
    for (const sizes of [[3], [3, 3], [3, 3, 2]]) {
      await clock.flush();
      expect(seen.map((request) => events(request).length)).toEqual(sizes);
      release();
    }
    expect(await Promise.all(all)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((seq) => `e-${seq}`));
  });

  it('holds back who is faster than the platform', async () => {
    let release: () => void = () => undefined;
    answer = async (request) => {
      await new Promise<void>((resolve) => (release = resolve));
      return stored(request, 0);
    };
    const publisher = new EventPublisher(options({ maxWaiting: 2, lingerMs: 1 }));
    await publisher.ready();
    void publisher.publish(event);
    void publisher.publish(event);
    await expect(publisher.publish(event)).rejects.toMatchObject({ code: 'buffer_full', retryable: true });
    let isReady = false;
    const ready = publisher.ready().then(() => (isReady = true));
    await clock.advance(5);
    expect(isReady).toBe(false);
    release();
    await ready;
    expect(publisher.waiting).toBe(0);
  });

  it('repeats what failed in passing, with the same numbers', async () => {
    answer = (request, nth) => {
      if (nth === 1) throw new TypeError('fetch failed');
      if (nth === 2) return refusal(503, 'bus_unavailable');
      if (nth === 3) return new Response('<html>', { status: 502 });
      if (nth === 4) return refusal(429, 'rate_limited', {}, { 'retry-after': '7' });
      return stored(request, nth);
    };
    const publisher = new EventPublisher(options());
    const position = publisher.publish(event);
    await clock.advance(5_000);
    expect(seen).toHaveLength(4);
    await clock.advance(7_000);
    expect(await position).toBe('e-1');
    expect(new Set(seen.map(({ body }) => body)).size).toBe(1);
  });

  it('gives up after a while and goes on with what comes then', async () => {
    answer = () => refusal(503, 'bus_unavailable');
    const publisher = new EventPublisher(options({ giveUpMs: 5_000 }));
    const lost = publisher.publish(event);
    await clock.advance(6_000);
    await expect(lost).rejects.toMatchObject({ code: 'bus_unavailable', status: 503, retryable: true });
    answer = stored;
    const next = publisher.publish(event);
    await clock.advance(20);
    expect(await next).toBe('e-2');
  });

  it('refuses the one event that is wrong and stores the others', async () => {
    answer = (request, nth) =>
      nth === 1 ? refusal(400, 'invalid_event', { retryable: false, details: { line: 2 } }) : stored(request, nth);
    const publisher = new EventPublisher(options());
    const all = [publisher.publish(event), publisher.publish(event), publisher.publish(event)];
    await clock.advance(20);
    await expect(all[1]).rejects.toMatchObject({ code: 'invalid_event', details: { line: 2 } });
    expect([await all[0], await all[2]]).toEqual(['e-1', 'e-3']);
  });

  it('asks for another token once', async () => {
    let tokens = 0;
    answer = (request, nth) => (nth < 3 ? refusal(401, 'unauthenticated') : stored(request, nth));
    const publisher = new EventPublisher(options({ token: () => `token ${++tokens}` }));
    const refused = publisher.publish(event);
    await clock.advance(20);
    await expect(refused).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(seen.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer token 1', 'Bearer token 2']);
    const next = publisher.publish(event);
    await clock.advance(20);
    expect(await next).toBe('e-2');
  });

  it('sends what waits when it is closed, and takes no more', async () => {
    const publisher = new EventPublisher(options());
    const last = publisher.publish(event);
    await publisher.close();
    expect(await last).toBe('e-1');
    await expect(publisher.publish(event)).rejects.toMatchObject({ code: 'closed' });
    expect(clock.scheduled).toBe(0);
  });

  it('drops what waits when it is closed at once', async () => {
    answer = () => refusal(503, 'bus_unavailable');
    const publisher = new EventPublisher(options({ batchSize: 1 }));
    const all = [publisher.publish(event), publisher.publish(event)];
    await clock.flush();
    await publisher.close({ now: true });
    for (const each of all) await expect(each).rejects.toMatchObject({ name: 'PublishError' });
  });

  it('keeps requests small', async () => {
    const publisher = new EventPublisher(options());
    const large = { type: 'x.acme.note', data: { text: 'x'.repeat(60_000) } };
    const all = Array.from({ length: 7 }, () => publisher.publish(large));
    await clock.advance(20);
    await Promise.all(all);
    expect(seen.map((request) => events(request).length)).toEqual([3, 3, 1]);
  });
});

describe('AgentRun', () => {
  it('begins, publishes in the run, and finishes after everything else', async () => {
    answer = (request, nth) =>
      request.path === '/api/events/s1?producer=p' ? stored(request, nth) : Response.json({ run_id: 'r1' });
    const run = await AgentRun.start(options(), 'why?');
    expect(run.runId).toBe('r1');
    void run.publish(event);
    await run.finish({ report: '# Done', reason: 'because' });
    expect(seen.map(({ path }) => path)).toEqual(['/api/runs', '/api/events/s1?producer=p', '/api/runs/r1/finish']);
    expect(JSON.parse(seen[0]!.body)).toEqual({ session_id: 's1', query: 'why?' });
    expect(seen[0]!.headers.get('idempotency-key')).toMatch(/^[0-9a-f-]{36}$/);
    expect(events(seen[1]!)).toEqual([{ ...event, run_id: 'r1', seq: 1 }]);
    expect(JSON.parse(seen[2]!.body)).toEqual({ status: 'completed', final_report: '# Done', reason: 'because' });
  });

  it('tells that its run was cancelled', async () => {
    answer = (request) =>
      request.path === '/api/runs'
        ? Response.json({ run_id: 'r1' })
        : refusal(409, 'run_finished', { retryable: false, details: { runId: 'r1', status: 'cancelled' } });
    const run = await AgentRun.start(options(), 'why?');
    const refused = run.publish(event);
    await clock.advance(20);
    await expect(refused).rejects.toMatchObject({ code: 'run_finished', details: { status: 'cancelled' } });
  });
});
