// Web search and page reading against local servers.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '@vana/observability';
import { readPage } from './read-page.js';
import { searchWeb } from './search-web.js';
import { startWebServer, type WebServer } from './spec/web-server.js';
import { PageFetcher } from './web/fetch-page.js';

const PAGE = `<title>Lamps</title><article>${'<p>A lamp dims when its driver says so, not before.</p>'.repeat(8)}</article>`;

describe('web tools', () => {
  let server: WebServer;
  let answer: { status: number; body: string };

  beforeAll(async () => {
    server = await startWebServer('127.0.0.1', (request, response) => {
      if (request.url?.startsWith('/search')) {
        response.writeHead(answer.status, { 'content-type': 'application/json' });
        return response.end(answer.body);
      }
      response.writeHead(200, { 'content-type': request.url === '/text' ? 'text/plain' : 'text/html' });
      return response.end(request.url === '/text' ? 'Just text.' : PAGE);
    });
  });
  afterAll(() => server.close());

  const context = (...known: string[]) => ({
    ...{ question: 'q', known: new Set(known), signal: new AbortController().signal },
  });
  const search = (query = 'lamps & light') => {
    return searchWeb(`http://127.0.0.1:${server.port}`, systemClock).run({ query }, context());
  };

  it('searches', async () => {
    const results = [
      { url: 'https://lamps.example/a#x', title: 'Lamps', content: 'About lamps.' },
      { url: 'http://127.0.0.1/admin', title: 'Odd' },
      { url: 'javascript:alert(1)', title: 'Bad' },
      { url: 'https://dim.example/' },
    ];
    answer = { status: 200, body: JSON.stringify({ query: 'x', results }) };
    expect(await search()).toEqual({
      kind: 'found',
      sources: [
        { url: 'https://lamps.example/a', title: 'Lamps', domain: 'lamps.example', text: 'About lamps.' },
        { url: 'http://127.0.0.1/admin', title: 'Odd', domain: '127.0.0.1', text: '' },
        { url: 'https://dim.example/', title: 'dim.example', domain: 'dim.example', text: '' },
      ],
    });
    expect(server.asked.at(-1)).toBe('/search?q=lamps+%26+light&format=json');
  });

  it.each([
    ['nothing', 200, '{"results":[]}'],
    ['an error', 500, 'oops'],
    ['JSON that is switched off', 403, ''],
    ['no JSON', 200, '<html>'],
    ['another shape', 200, '{"results":[{"title":1}]}'],
    ['too much', 200, ' '.repeat(2_000_000)],
  ])('says so when the search gives %s', async (_what, status, body) => {
    answer = { status, body };
    expect(await search()).toMatchObject({ kind: 'problem' });
  });

  it('reads known pages only', async () => {
    const guard = { resolve: async () => ['127.0.0.1'], permit: () => true };
    const tool = readPage(new PageFetcher(systemClock, guard), systemClock);
    const [page, text] = [`http://lamps.test:${server.port}/page`, `http://lamps.test:${server.port}/text`];
    expect(await tool.run({ url: `${page}#part` }, context(page))).toEqual({
      kind: 'found',
      sources: [{ url: page, title: 'Lamps', domain: 'lamps.test', text: expect.stringContaining('A lamp dims') }],
    });
    expect(await tool.run({ url: text }, context(text))).toMatchObject({ sources: [{ text: 'Just text.' }] });
    const asked = server.asked.length;
    for (const url of [`${page}?q=secret`, 'http://127.0.0.1:22/', 'file:///etc/passwd']) {
      expect(await tool.run({ url }, context(page))).toMatchObject({ kind: 'problem' });
    }
    expect(server.asked.length).toBe(asked);
  });
});
