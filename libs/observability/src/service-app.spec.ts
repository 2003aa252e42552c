import { Writable } from 'node:stream';
import { Body, Controller, Get, Header, HttpException, Module, Param, Post } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { VanaError, type ErrorBody } from '@vana/events';
import { createLogger } from './logger.js';
import { createServiceApp } from './service-app.js';

@Controller()
class ProbeController {
  @Post('echo')
  echo(@Body() body: unknown): unknown {
    return body;
  }

  @Get('conflict')
  conflict(): never {
    throw new VanaError('run_active', { details: { runId: 'r7' } });
  }

  @Get('crash')
  crash(): never {
    throw new Error('secret connection string');
  }

  @Get('teapot')
  teapot(): never {
    throw new HttpException('secret tea', 418);
  }

  @Get('echo/:id')
  @Header('Content-Type', 'text/plain')
  id(@Param('id') id: string): string {
    return id;
  }
}

@Module({ controllers: [ProbeController] })
class ProbeModule {}

describe('createServiceApp', () => {
  let app: NestFastifyApplication;
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });

  beforeAll(async () => {
    app = await createServiceApp(ProbeModule, { logger: createLogger('probe', 'info', sink), bodyLimitBytes: 100 });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  });
  afterAll(() => app.close());

  const post = (payload: string, contentType?: string) =>
    app.inject({
      method: 'POST',
      url: '/echo',
      payload,
      headers: contentType === undefined ? {} : { 'content-type': contentType },
    });

  it.each([
    ['an unfinished object', '{"a":'],
    ['nothing', ''],
    ['a planted prototype', '{"__proto__":{"admin":true}}'],
  ])('answers bad_json to %s', async (_name, payload) => {
    const answer = await post(payload, 'application/json');
    expect(answer.statusCode).toBe(400);
    expect(answer.json<ErrorBody>()).toEqual({
      error: {
        code: 'bad_json',
        category: 'parsing',
        message: 'The request body is not valid JSON.',
        retryable: false,
      },
    });
  });

  it('answers body_too_large above the limit', async () => {
    const answer = await post(JSON.stringify({ text: 'x'.repeat(200) }), 'application/json');
    expect(answer.statusCode).toBe(413);
    expect(answer.json<ErrorBody>().error.code).toBe('body_too_large');
  });

  it.each([['text/plain'], ['application/x-www-form-urlencoded'], ['nonsense']])(
    'answers unsupported_media_type to %s',
    async (contentType) => {
      const answer = await post('a=1', contentType);
      expect(answer.statusCode).toBe(415);
      expect(answer.json<ErrorBody>().error.code).toBe('unsupported_media_type');
    },
  );

  it('takes good JSON', async () => {
    const answer = await post('{"a":1}', 'application/json');
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toEqual({ a: 1 });
  });

  it.each([
    ['GET', '/nowhere'],
    ['DELETE', '/echo'],
    ['GET', '/echo/%zz'],
  ] as const)('answers not_found to %s %s', async (method, url) => {
    const answer = await app.inject({ method, url });
    expect(answer.statusCode).toBe(404);
    expect(answer.json<ErrorBody>().error).toMatchObject({ code: 'not_found', category: 'not_found' });
    expect(answer.body).not.toContain('nowhere');
  });

  it('hands a long path parameter to its route, which knows what is wrong with it', async () => {
    const answer = await app.inject({ method: 'GET', url: `/echo/${'a'.repeat(500)}` });
    expect(answer.statusCode).toBe(200);
  });

  it('answers a VanaError with its status, code and details', async () => {
    const answer = await app.inject({ method: 'GET', url: '/conflict' });
    expect(answer.statusCode).toBe(409);
    expect(answer.json<ErrorBody>().error).toMatchObject({ code: 'run_active', details: { runId: 'r7' } });
    expect(answer.headers['content-type']).toContain('application/json');
  });

  it.each([['/crash'], ['/teapot']])('hides what went wrong in %s, and logs it', async (url) => {
    lines.length = 0;
    const answer = await app.inject({ method: 'GET', url });
    expect(answer.statusCode).toBe(500);
    expect(answer.json<ErrorBody>().error.code).toBe('internal');
    expect(answer.body).not.toContain('secret');
    expect(lines.join('')).toContain('request failed unexpectedly');
    expect(lines.join('')).toContain('secret');
  });
});
