import { createHmac, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Principal } from '@vana/events';
import { createLogger, createServiceApp } from '@vana/observability';
import { SignJWT } from 'jose';
import {
  AccessTokenModule,
  CurrentPrincipal,
  Public,
  RequireScope,
  developmentAccessTokenSettings,
  issueToken,
  undeclaredRoutes,
  type AccessTokenSettings,
} from './index.js';

@Controller()
class ProbeController {
  @Get('open')
  @Public()
  open() {
    return { open: true };
  }

  @Get('me')
  @RequireScope('sessions:read')
  me(@CurrentPrincipal() principal: Principal) {
    return principal;
  }

  @Get('forgotten')
  forgotten() {
    return { leaked: true };
  }
}

@Controller('admin')
@RequireScope('admin')
class AdminController {
  @Get()
  all() {
    return { admin: true };
  }

  @Get('ping')
  @Public()
  ping() {
    return { pong: true };
  }
}

async function startProbe(settings: AccessTokenSettings): Promise<NestFastifyApplication> {
  class ProbeModule {}
  Module({ imports: [AccessTokenModule.register(settings)], controllers: [ProbeController, AdminController] })(
    ProbeModule,
  );
  const app = await createServiceApp(ProbeModule, { logger: createLogger('probe', 'silent') });
  await app.init();
  return app;
}

async function get(app: NestFastifyApplication, url: string, token?: string) {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await app.inject({ method: 'GET', url, headers });
  const body = answer.json<{ error?: { code: string } } & Record<string, unknown>>();
  return { status: answer.statusCode, headers: answer.headers, body, code: body.error?.code };
}

const nowS = () => Math.floor(Date.now() / 1000);
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const read = { sub: 'ada', scopes: ['sessions:read'], expiresInS: 60 } as const;
const REFUSED = { status: 401, code: 'unauthenticated' };

describe('HS256', () => {
  const settings = developmentAccessTokenSettings();
  const secret = settings.key.algorithm === 'HS256' ? settings.key.secret : '';
  const goodClaims = () => ({
    sub: 'ada',
    iss: settings.issuer,
    aud: settings.audience,
    exp: nowS() + 60,
    scope: 'sessions:read',
  });
  const signed = (claims: object, header: object = { alg: 'HS256' }, key = secret) => {
    const text = `${part(header)}.${part(claims)}`;
    return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
  };
  let app: NestFastifyApplication;
  beforeAll(async () => {
    app = await startProbe(settings);
  });
  afterAll(() => app.close());

  it('lets a valid token in as its principal', async () => {
    const token = await issueToken(settings, { ...read, tenant: 'acme', scopes: ['sessions:read', 'runs:start'] });
    const { status, body } = await get(app, '/me', token);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: 'ada', tenant: 'acme', scopes: ['sessions:read', 'runs:start'] });
    expect(body.expiresAtMs).toBeGreaterThan(Date.now());
  });

  it('gives the default tenant, drops unknown scopes, takes an audience list', async () => {
    const claims = { ...goodClaims(), aud: ['other', settings.audience], scope: 'x:y sessions:read sessions:read' };
    const { body } = await get(app, '/me', signed(claims));
    expect(body).toMatchObject({ tenant: 'default', scopes: ['sessions:read'] });
  });

  it('allows for five seconds between clocks, not more', async () => {
    expect(await get(app, '/me', await issueToken(settings, { ...read, expiresInS: -3 }))).toMatchObject({
      status: 200,
    });
    expect(await get(app, '/me', await issueToken(settings, { ...read, expiresInS: -7 }))).toMatchObject(REFUSED);
  });

  it.each<[string, () => string]>([
    ['a token that has expired', () => signed({ ...goodClaims(), exp: nowS() - 60 })],
    ['a token of another audience', () => signed({ ...goodClaims(), aud: 'other' })],
    ['a token without an audience', () => signed({ ...goodClaims(), aud: undefined })],
    ['a token of another issuer', () => signed({ ...goodClaims(), iss: 'other' })],
    ['a token without an issuer', () => signed({ ...goodClaims(), iss: undefined })],
    ['a token without an expiry', () => signed({ ...goodClaims(), exp: undefined })],
    ['an expiry that is no number', () => signed({ ...goodClaims(), exp: '9999999999' })],
    ['a token that is not yet valid', () => signed({ ...goodClaims(), nbf: nowS() + 60 })],
    ['a token without a subject', () => signed({ ...goodClaims(), sub: undefined })],
    ['an empty subject', () => signed({ ...goodClaims(), sub: '' })],
    ['a subject of 129 characters', () => signed({ ...goodClaims(), sub: 'a'.repeat(129) })],
    ['a subject with a line end', () => signed({ ...goodClaims(), sub: 'a\nb' })],
    ['a tenant that would match other subjects', () => signed({ ...goodClaims(), tenant: '*' })],
    ['a tenant with a dot', () => signed({ ...goodClaims(), tenant: 'a.b' })],
    ['scopes that are no text', () => signed({ ...goodClaims(), scope: ['sessions:read'] })],
    ['claims that are no object', () => signed(['ada'])],
    ['alg none without a signature', () => `${part({ alg: 'none' })}.${part(goodClaims())}.`],
    ['alg none with a signature', () => signed(goodClaims(), { alg: 'none' })],
    ['alg nOnE', () => signed(goodClaims(), { alg: 'nOnE' })],
    ['another HMAC algorithm', () => signed(goodClaims(), { alg: 'HS512' })],
    ['another secret', () => signed(goodClaims(), { alg: 'HS256' }, 'x'.repeat(32))],
    [
      'a changed payload',
      () => signed(goodClaims()).replace(/\.[^.]+\./, `.${part({ ...goodClaims(), sub: 'eve' })}.`),
    ],
    ['garbage', () => 'garbage'],
    ['garbage in three parts', () => 'a.b.c'],
    ['two tokens', () => `${signed(goodClaims())} ${signed(goodClaims())}`],
  ])('refuses %s', async (_name, token) => {
    expect(await get(app, '/me', token())).toMatchObject(REFUSED);
  });

  it('refuses a request without a token, or with another scheme', async () => {
    const answer = await get(app, '/me');
    expect(answer).toMatchObject(REFUSED);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    const basic = await app.inject({ url: '/me', headers: { authorization: `Basic ${signed(goodClaims())}` } });
    expect(basic.statusCode).toBe(401);
  });

  it('says nothing about why', async () => {
    const expired = await get(app, '/me', signed({ ...goodClaims(), exp: nowS() - 60 }));
    const garbage = await get(app, '/me', 'garbage');
    expect(expired.body).toEqual(garbage.body);
  });

  it.each(['token', 'access_token', 'jwt', 'JWT'])('refuses ?%s= before anything else', async (name) => {
    const token = await issueToken(settings, read);
    expect(await get(app, `/me?x=1&${name}=${token}`)).toMatchObject({ status: 400, code: 'token_in_query' });
    expect(await get(app, `/me?${name}=x`, token)).toMatchObject({ status: 400, code: 'token_in_query' });
    expect(await get(app, `/open?${name}=x`)).toMatchObject({ status: 400, code: 'token_in_query' });
  });

  it('wants the declared scope', async () => {
    const token = await issueToken(settings, { ...read, scopes: ['runs:start'] });
    expect(await get(app, '/me', token)).toMatchObject({
      status: 403,
      body: { error: { code: 'insufficient_scope', details: { scope: 'sessions:read' } } },
    });
  });

  it('serves public routes to everybody, by method or against their class', async () => {
    expect((await get(app, '/open')).body).toEqual({ open: true });
    expect((await get(app, '/admin/ping')).body).toEqual({ pong: true });
    expect(await get(app, '/admin', await issueToken(settings, read))).toMatchObject({ status: 403 });
    expect((await get(app, '/admin', await issueToken(settings, { ...read, scopes: ['admin'] }))).body).toEqual({
      admin: true,
    });
  });

  it('refuses a route that declares nothing, and names it', async () => {
    expect(await get(app, '/forgotten')).toMatchObject(REFUSED);
    const everything = await issueToken(settings, { ...read, scopes: ['admin', 'sessions:read'] });
    expect(await get(app, '/forgotten', everything)).toMatchObject({ status: 403, code: 'insufficient_scope' });
    expect(undeclaredRoutes(app)).toEqual(['ProbeController.forgotten']);
  });

  it('keeps two services in one process apart', async () => {
    const others = developmentAccessTokenSettings();
    const other = await startProbe(others);
    const mine = await issueToken(settings, read);
    const theirs = await issueToken(others, read);
    expect(await get(app, '/me', mine)).toMatchObject({ status: 200 });
    expect(await get(other, '/me', theirs)).toMatchObject({ status: 200 });
    expect(await get(app, '/me', theirs)).toMatchObject(REFUSED);
    expect(await get(other, '/me', mine)).toMatchObject(REFUSED);
    await other.close();
  });
});

describe('RS256', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
  const settings: AccessTokenSettings = {
    key: { algorithm: 'RS256', publicKey: pem },
    issuer: 'idp',
    audience: 'vana-stream',
  };
  const token = (alg: string) =>
    new SignJWT({ scope: 'sessions:read' })
      .setProtectedHeader({ alg })
      .setSubject('ada')
      .setIssuer('idp')
      .setAudience('vana-stream')
      .setExpirationTime(nowS() + 60);
  let app: NestFastifyApplication;
  beforeAll(async () => {
    app = await startProbe(settings);
  });
  afterAll(() => app.close());

  it('takes a token that the private key has signed', async () => {
    expect(await get(app, '/me', await token('RS256').sign(privateKey))).toMatchObject({
      status: 200,
      body: { id: 'ada' },
    });
  });

  it('refuses an HMAC made with the public key as its secret', async () => {
    const forged = await token('HS256').sign(new TextEncoder().encode(pem));
    expect(await get(app, '/me', forged)).toMatchObject(REFUSED);
  });

  it.each(['RS512', 'PS256'])('refuses %s with the right key', async (alg) => {
    expect(await get(app, '/me', await token(alg).sign(privateKey))).toMatchObject(REFUSED);
  });

  it('refuses another key', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
    expect(await get(app, '/me', await token('RS256').sign(other.privateKey))).toMatchObject(REFUSED);
  });

  it('cannot sign', async () => {
    await expect(issueToken(settings, read)).rejects.toMatchObject({ code: 'settings_invalid' });
  });
});
