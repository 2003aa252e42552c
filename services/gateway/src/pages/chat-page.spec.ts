import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fastify, { type FastifyInstance } from 'fastify';
import { serveChatPage } from './chat-page.js';

let folder: string;
let server: FastifyInstance;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vana-page-'));
  server = fastify();
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

describe('the chat page', () => {
  it('is served without inline script, its assets for good', async () => {
    mkdirSync(join(folder, 'assets'));
    writeFileSync(join(folder, 'index.html'), '<title>page</title>');
    writeFileSync(join(folder, 'assets', 'a-1.js'), 'x');
    expect(await serveChatPage(server, folder)).toBe(true);
    const page = await server.inject('/');
    expect([page.statusCode, page.headers['content-type'], page.body]).toEqual([
      200,
      expect.stringContaining('text/html'),
      '<title>page</title>',
    ]);
    expect(page.headers['content-security-policy']).toContain("script-src 'self';");
    expect(page.headers['content-security-policy']).not.toContain('unsafe-inline');
    expect(page.headers['cache-control']).toBe('no-cache');
    const asset = await server.inject('/assets/a-1.js');
    expect(asset.headers['cache-control']).toContain('immutable');
    expect((await server.inject('/assets/none.js')).statusCode).toBe(404);
    expect((await server.inject('/..%2f..%2fetc/passwd')).statusCode).toBe(404);
  });

  it('is left out where it was not built', async () => {
    expect(await serveChatPage(server, folder)).toBe(false);
    expect((await server.inject('/')).statusCode).toBe(404);
  });
});
