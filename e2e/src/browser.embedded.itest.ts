/// <reference lib="dom" />
// Chromium: ten streams of one page over HTTPS share one HTTP/2 connection; over HTTP/1.1, where a browser
// allows six connections in all, one combined stream carries every channel.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENT_KINDS } from '@vana/events';
import { selfSignedPair } from '@vana/test-kit';
import { chromium, type Browser, type Page } from 'playwright-core';
import { startSystem, type RunningSystem } from './set-up.js';

const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
const MORE_QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
const EVENTS = 24;

let system: RunningSystem;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vana-browser-'));
  const { cert, key } = selfSignedPair();
  await writeFile(join(folder, 'tls.crt'), cert);
  await writeFile(join(folder, 'tls.key'), key);
  const tls = { TLS_CERT: join(folder, 'tls.crt'), TLS_KEY: join(folder, 'tls.key') };
  system = await startSystem('embedded', { RESEARCH_ENGINE: 'scripted', NODE_ENV: 'test', ...tls });
}, 180_000);
afterAll(async () => {
  await system.stop();
  await rm(folder, { recursive: true });
});

/** A browser of the test's own, closed after it. */
async function withBrowser(more: readonly string[], use: (browser: Browser) => Promise<void>): Promise<void> {
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_BIN'] ?? '/usr/bin/chromium',
    args: [...QUIET, ...MORE_QUIET, ...more],
  });
  try {
    await use(browser);
  } finally {
    await browser.close();
  }
}

/** An empty page of the gateway's origin, signed in: its streams carry the cookie and no token. */
async function signedInPage(browser: Browser): Promise<Page> {
  const [gateway] = system.gateways;
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  await page.route('**/empty', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
  await page.goto(`${gateway}/empty`);
  const authorization = `Bearer ${await system.token('alice')}`;
  const status = await page.evaluate(async (bearer) => {
    const answer = await fetch('/auth/session', { method: 'POST', headers: { authorization: bearer } });
    return answer.status;
  }, authorization);
  expect(status).toBe(200);
  expect(await page.evaluate(() => document.cookie)).not.toContain('session');
  return page;
}

/** In the page: a native EventSource per path, and what each has heard. */
function openStreams(page: Page, paths: readonly string[]): Promise<void> {
  return page.evaluate(
    ({ urls, types }) => {
      const streams = urls.map((url) => {
        const heard: string[] = [];
        const source = new EventSource(url);
        for (const type of types) source.addEventListener(type, () => heard.push(type));
        return { source, heard };
      });
      Object.assign(globalThis, { streams });
    },
    { urls: paths, types: [...Object.keys(EVENT_KINDS), 'caught_up'] },
  );
}

/** Resolves when each of the page's streams has heard the type. */
async function untilAllHeard(page: Page, wanted: string): Promise<string[][]> {
  const each = await page.waitForFunction((type) => {
    const { streams } = globalThis as unknown as { streams: { heard: string[] }[] };
    return streams.every(({ heard }) => heard.includes(type)) && streams.map(({ heard }) => heard);
  }, wanted);
  return (await each.jsonValue()) as string[][];
}

/** Starts a run from within the page, as an application would. */
async function startRun(page: Page, sessionId: string): Promise<void> {
  const answer = await page.evaluate(
    async ({ url, query }) => {
      const csrf = /vana_csrf=([^;]+)/.exec(document.cookie)?.[1] ?? '';
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-csrf-token': decodeURIComponent(csrf) },
        body: JSON.stringify({ query }),
      });
      return { status: response.status, body: await response.text() };
    },
    { url: `/api/run_sse/${sessionId}`, query: `events=${EVENTS}` },
  );
  expect(answer).toMatchObject({ status: 202 });
}

async function newSessions(page: Page, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => `s-${randomUUID()}`);
  // A session is made by its first run.
  for (const id of ids) await startRun(page, id);
  return ids;
}

/** What the page's own requests were carried by, its finished streams included. */
async function protocolsOf(page: Page): Promise<Set<string>> {
  const used = await page.evaluate(() =>
    (performance.getEntriesByType('resource') as PerformanceResourceTiming[])
      .filter(({ name }) => new URL(name).pathname.startsWith('/api/'))
      .map(({ nextHopProtocol }) => nextHopProtocol),
  );
  return new Set(used);
}

describe('a page over HTTPS', () => {
  it('has ten live streams in one HTTP/2 connection', () =>
    withBrowser([], async (browser) => {
      const page = await signedInPage(browser);
      const sessions = await newSessions(page, 10);
      await openStreams(
        page,
        sessions.map((id) => `/api/sse/stream/${id}?replay=none`),
      );
      await untilAllHeard(page, 'caught_up');
      for (const id of sessions) await startRun(page, id);
      const heard = await untilAllHeard(page, 'research_complete');
      for (const types of heard) expect(types).toEqual(expect.arrayContaining(['message_chunk', 'thinking_update']));
      expect(await protocolsOf(page)).toEqual(new Set(['h2']));
    }));

  it('without HTTP/2 has all channels in one combined stream, which leaves room for requests', () =>
    withBrowser(['--disable-http2'], async (browser) => {
      const page = await signedInPage(browser);
      const [session] = await newSessions(page, 1);
      await openStreams(page, [`/api/sse?path=/api/stream/${session}&channels=agents,research,chat&replay=none`]);
      await untilAllHeard(page, 'caught_up');
      await startRun(page, session!);
      const [types] = await untilAllHeard(page, 'research_complete');
      expect(types).toEqual(expect.arrayContaining(['thinking_update', 'research_progress', 'message_chunk']));
      expect(await protocolsOf(page)).toEqual(new Set(['http/1.1']));
    }));
});
