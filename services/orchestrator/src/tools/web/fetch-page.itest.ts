// The page fetcher against real servers: 127.0.0.1 stands for the public web, 127.0.0.2 for what is forbidden.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RequestListener, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { systemClock } from '@vana/observability';
import { FakeClock } from '@vana/test-kit';
import { startWebServer, type WebServer } from '../spec/web-server.js';
import { DEFAULT_PAGE_LIMITS, PageFetcher, PUBLIC_WEB } from './fetch-page.js';
import type { RequestGuard } from './guarded-request.js';
import { isPublicAddress } from './public-address.js';

const never = new AbortController().signal;
const html = (response: ServerResponse, body: string | Buffer, headers = {}): void => {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers });
  response.end(body);
};
const go = (response: ServerResponse, location: string): void => {
  response.writeHead(302, { location });
  response.end();
};

describe('PageFetcher', () => {
  let open: WebServer;
  let forbidden: WebServer;
  let names: Record<string, string[]>;
  let guard: RequestGuard;
  const resolved: string[] = [];

  const pages: RequestListener = (request, response) => {
    const [, path = '', rest = ''] = /^\/([\w-]*)(.*)$/.exec(request.url ?? '') ?? [];
    switch (path) {
      case 'page':
        return html(response, '<p>Grüße</p>');
      case 'latin':
        return html(response, Buffer.from('<p>Gr\xfc\xdfe</p>', 'latin1'), {
          'content-type': 'text/html; charset=latin1',
        });
      case 'zipped':
        return html(response, gzipSync('<p>zipped</p>'), { 'content-encoding': 'gzip' });
      case 'bomb':
        return html(response, gzipSync(Buffer.alloc(20_000_000)), { 'content-encoding': 'gzip' });
      case 'broken-zip':
        return html(response, 'this is not zipped', { 'content-encoding': 'gzip' });
      case 'image':
        return html(response, 'x', { 'content-type': 'image/png' });
      case 'untyped':
        return void response.writeHead(200).end('x');
      case 'missing':
        return void response.writeHead(404).end();
      case 'said-big':
        return html(response, '', { 'content-length': '99999999' });
      case 'big':
        response.writeHead(200, { 'content-type': 'text/html' });
        for (let sent = 0; sent < 30; sent++) response.write('x'.repeat(100_000));
        return void response.end();
      case 'slow':
        response.writeHead(200, { 'content-type': 'text/html' });
        return void response.write('<p>the rest never comes');
      case 'silent':
        return;
      case 'cut':
        response.writeHead(200, { 'content-type': 'text/html' });
        response.write('<p>half');
        return void setImmediate(() => response.destroy());
      case 'go':
        return go(response, decodeURIComponent(rest.slice(1)));
      case 'loop':
        return go(response, `/loop/${Number(rest.slice(1) || 0) + 1}`);
      case 'steps': {
        const left = Number(rest.slice(1)) - 1;
        return go(response, left === 0 ? '/page' : `/steps/${left}`);
      }
      default:
        return void response.writeHead(404).end();
    }
  };

  beforeAll(async () => {
    open = await startWebServer('127.0.0.1', pages);
    forbidden = await startWebServer('127.0.0.2', (_request, response) => html(response, 'secret'), open.port);
    names = { 'site.test': ['127.0.0.1'], 'inside.test': ['127.0.0.2'], 'both.test': ['127.0.0.1', '127.0.0.2'] };
    guard = {
      resolve: async (name) => {
        resolved.push(name);
        return names[name] ?? Promise.reject(new Error('no such name'));
      },
      permit: (address) => address === '127.0.0.1' || isPublicAddress(address),
    };
  });
  afterAll(async () => {
    await open.close();
    await forbidden.close();
  });

  const site = (path: string): string => `http://site.test:${open.port}${path}`;
  const fetched = (address: string, fetcher = new PageFetcher(systemClock, guard)) => fetcher.fetch(address, never);

  it('reads a page', async () => {
    const page = { kind: 'page', url: site('/page'), type: 'html', text: '<p>Grüße</p>' };
    expect(await fetched(site('/page#part'))).toEqual(page);
    expect(await fetched(site('/latin'))).toMatchObject({ text: '<p>Grüße</p>' });
    expect(await fetched(site('/zipped'))).toMatchObject({ text: '<p>zipped</p>' });
  });

  it('follows five redirects and no more', async () => {
    expect(await fetched(site('/steps/5'))).toMatchObject({ url: site('/page') });
    expect(await fetched(site('/steps/6'))).toEqual({ kind: 'problem', problem: 'too_many_redirects' });
    expect(await fetched(site('/loop'))).toEqual({ kind: 'problem', problem: 'too_many_redirects' });
  });

  it.each([
    ['a server that is none', '/image', 'not_text'],
    ['no type at all', '/untyped', 'not_text'],
    ['an error', '/missing', 'http_error'],
    ['a body that is announced too big', '/said-big', 'too_large'],
    ['a body that becomes too big', '/big', 'too_large'],
    ['a body that unpacks too big', '/bomb', 'too_large'],
    ['a body that does not unpack', '/broken-zip', 'unreachable'],
    ['a connection that breaks', '/cut', 'unreachable'],
  ])('refuses %s', async (_what, path, problem) => {
    expect(await fetched(site(path))).toEqual({ kind: 'problem', problem });
  });

  it.each(['/slow', '/silent'])('gives up on %s after the time limit, and hangs up', async (path) => {
    const clock = new FakeClock();
    const outcome = fetched(site(path), new PageFetcher(clock, guard));
    const before = open.asked.length;
    while (open.asked.length === before) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(DEFAULT_PAGE_LIMITS.timeoutMs - 1);
    await clock.advance(1);
    expect(await outcome).toEqual({ kind: 'problem', problem: 'timeout' });
    expect(clock.scheduled).toBe(0);
  });

  it('stops at once when it is aborted', async () => {
    const stop = new AbortController();
    const outcome = new PageFetcher(systemClock, guard).fetch(site('/slow'), stop.signal);
    stop.abort(new Error('cancelled'));
    await expect(outcome).rejects.toThrow('cancelled');
  });

  describe('cannot be led to a forbidden address', () => {
    const FORBIDDEN = { kind: 'problem', problem: 'forbidden_address' };
    const there = (host: string): string => `http://${host}:${open.port}/secret`;

    it.each([
      '127.0.0.2',
      '2130706434',
      '0x7f000002',
      '0177.0.0.2',
      '127.2',
      '[::ffff:127.0.0.2]',
      '[::ffff:7f00:2]',
      '[::1]',
      'inside.test',
      'both.test',
      'localhost',
      'user:password@site.test',
    ])('%s, asked for directly or by a redirect', async (host) => {
      expect(await fetched(there(host))).toEqual(FORBIDDEN);
      const redirected = site(`/go/${encodeURIComponent(there(host))}`);
      expect(await fetched(redirected)).toEqual(FORBIDDEN);
      expect(forbidden.asked).toEqual([]);
    });

    it('by a name that resolves otherwise the next time', async () => {
      const answers = [['127.0.0.1'], ['127.0.0.2']];
      let asked = 0;
      const rebinding = { ...guard, resolve: async () => answers[Math.min(asked++, 1)]! };
      const fetcher = new PageFetcher(systemClock, rebinding);
      // The connection goes to the address that was checked: nothing is resolved a second time.
      expect(await fetched(there('rebind.test').replace('/secret', '/page'), fetcher)).toMatchObject({ kind: 'page' });
      expect(asked).toBe(1);
      expect(await fetched(there('rebind.test'), fetcher)).toEqual(FORBIDDEN);
      expect(forbidden.asked).toEqual([]);
    });

    it('by a redirect to its own name, which resolves otherwise by then', async () => {
      const answers = [['127.0.0.1'], ['127.0.0.2']];
      let asked = 0;
      const rebinding = { ...guard, resolve: async () => answers[Math.min(asked++, 1)]! };
      const start = `http://rebind.test:${open.port}/steps/2`;
      expect(await fetched(start, new PageFetcher(systemClock, rebinding))).toEqual(FORBIDDEN);
      expect(asked).toBe(2);
      expect(forbidden.asked).toEqual([]);
    });

    it('by another scheme', async () => {
      for (const target of ['file:///etc/passwd', 'ftp://site.test/', 'gopher://127.0.0.2/']) {
        expect(await fetched(site(`/go/${encodeURIComponent(target)}`))).toEqual(FORBIDDEN);
      }
    });

    it('as it is set up for real: this machine is not the public web', async () => {
      const fetcher = new PageFetcher(systemClock, PUBLIC_WEB);
      const before = open.asked.length;
      expect(await fetched(`http://127.0.0.1:${open.port}/page`, fetcher)).toEqual(FORBIDDEN);
      expect(open.asked.length).toBe(before);
    });
  });
});
