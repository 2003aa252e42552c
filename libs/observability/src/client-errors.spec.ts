import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Module, Post } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ERROR_CODES, errorBodySchema, type ErrorCode } from '@vana/events';
import { connect } from 'node:net';
import { listen } from './listen.js';
import { createLogger } from './logger.js';
import { createServiceApp } from './service-app.js';

let reached = 0;
@Controller()
class ProbeController {
  @Post()
  post(): void {
    reached += 1;
  }
}
@Module({ controllers: [ProbeController] })
class ProbeModule {}

let app: NestFastifyApplication;
let port: number;
beforeEach(async () => {
  reached = 0;
  const server = { http: { headersTimeout: 300, connectionsCheckingInterval: 50 }, requestTimeout: 300 };
  app = await createServiceApp(ProbeModule, { logger: createLogger('spec', 'silent'), server });
  port = Number(new URL(await listen(app, '127.0.0.1', 0)).port);
});
afterEach(() => app.close());

/** Sends the bytes as they are; resolves with all that comes until the server closes. */
function say(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let heard = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    socket.once('error', reject).once('close', () => resolve(heard));
  });
}

const CHUNKED = 'Transfer-Encoding: chunked\r\n';
const HEAD = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';

describe('what is no request', () => {
  it.each<[string, string, ErrorCode]>([
    ['bytes that are no HTTP', '\x16\x03\x01\x00\r\n\r\n', 'malformed_request'],
    ['headers that are too large', `${HEAD}X: ${'a'.repeat(20_000)}\r\n\r\n`, 'headers_too_large'],
    ['headers that do not end', `${HEAD}X-Slow: `, 'request_timeout'],
    ['a body that does not end', `${HEAD}Content-Length: 10\r\n\r\n{`, 'request_timeout'],
    ['two lengths', `${HEAD}Content-Length: 2\r\nContent-Length: 30\r\n\r\n{}`, 'malformed_request'],
    ['a length and chunks', `${HEAD}Content-Length: 2\r\n${CHUNKED}\r\n0\r\n\r\n`, 'malformed_request'],
    ['chunks and a length', `${HEAD}${CHUNKED}Content-Length: 6\r\n\r\n0\r\n\r\nG`, 'malformed_request'],
    ['an encoding of two minds', `${HEAD}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`, 'malformed_request'],
    ['a bare line end in a header', `${HEAD}X: a\nPOST: b\r\r\n\r\n`, 'malformed_request'],
    ['a NUL in a header', `${HEAD}X: a\0b\r\n\r\n`, 'malformed_request'],
    ['a space before the colon', `${HEAD}Content-Length : 2\r\n\r\n{}`, 'malformed_request'],
  ])('%s is answered with a JSON error, and the connection ends', async (_name, bytes, code) => {
    const [head, body] = (await say(bytes)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${ERROR_CODES[code].status} `));
    expect(head).toMatch(/Connection: close/i);
    expect(errorBodySchema.parse(JSON.parse(body!)).error.code).toBe(code);
    expect(reached).toBe(0);
  });
});
