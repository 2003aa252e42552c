// HTTPS: HTTP/2 and HTTP/1.1 on one port, streams over both, a certificate that is renewed meanwhile.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect as http2Connect, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import type { ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as tlsConnect } from 'node:tls';
import { eventually, selfSignedPair, type PemPair } from '@vana/test-kit';
import { GatewayWorld } from './spec/gateway-world.js';

const SSE = { 'content-type': 'text/event-stream; charset=utf-8' };
let folder: string;
let pair: PemPair;
let world: GatewayWorld;
let sessions: ClientHttp2Session[];
let ended: boolean;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vana-https-'));
  pair = selfSignedPair();
  sessions = [];
  ended = false;
  world = new GatewayWorld();
  await writePair(pair);
  await world.start({ TLS_CERT: join(folder, 'tls.crt'), TLS_KEY: join(folder, 'tls.key') });
});
afterEach(async () => {
  for (const session of sessions) session.destroy();
  if (!ended) await world.stop();
  await rm(folder, { recursive: true });
});

const writePair = async ({ cert, key }: PemPair): Promise<void> => {
  await writeFile(join(folder, 'tls.key'), key);
  await writeFile(join(folder, 'tls.crt'), cert);
};

async function http2(): Promise<ClientHttp2Session> {
  const session = http2Connect(world.url, { ca: pair.cert });
  session.on('error', () => undefined);
  sessions.push(session);
  await new Promise((resolve, reject) => session.once('connect', resolve).once('error', reject));
  return session;
}

interface Opened {
  readonly stream: ClientHttp2Stream;
  readonly headers: Record<string, unknown>;
  readonly text: () => string;
}

async function open(session: ClientHttp2Session, path: string): Promise<Opened> {
  const stream = session.request({ ':path': path, authorization: `Bearer ${await world.token()}` });
  stream.on('error', () => undefined);
  const headers = await new Promise<Record<string, unknown>>((resolve, reject) =>
    stream.once('response', (head) => resolve({ ...head })).once('error', reject),
  );
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { stream, headers, text: () => text };
}

/** Answers that stay open; in the order in which they were asked for. */
async function openBroadcaster(): Promise<ServerResponse[]> {
  const answers: ServerResponse[] = [];
  await world.addBroadcaster((_request, response) => {
    response.writeHead(200, SSE).flushHeaders();
    answers.push(response);
  });
  return answers;
}

describe('HTTPS', () => {
  it('speaks HTTP/2 to those who can, with many live streams in one connection', async () => {
    const answers = await openBroadcaster();
    const session = await http2();
    expect(session.alpnProtocol).toBe('h2');
    const opened: Opened[] = [];
    for (let n = 0; n < 10; n++) opened.push(await open(session, '/api/stream/mine'));
    for (const { headers } of opened) {
      expect(headers).toMatchObject({ ':status': 200, ...SSE, 'x-content-type-options': 'nosniff' });
      expect(headers['strict-transport-security']).toMatch(/^max-age=\d+/);
    }
    for (const [n, answer] of answers.entries()) answer.write(`data: ${n}\n\n`);
    await eventually(() => opened.every(({ text }, n) => text() === `data: ${n}\n\n`));
    // One that is closed takes nobody with it, and its broadcaster hears of it.
    const closed = new Promise((resolve) => answers[0]!.once('close', resolve));
    opened[0]!.stream.close();
    await closed;
    for (const answer of answers.slice(1)) answer.end('data: last\n\n');
    await eventually(() => opened.slice(1).every(({ text }) => text().endsWith('data: last\n\n')));
  });

  it('speaks HTTP/1.1 to the others', async () => {
    const answers = await openBroadcaster();
    const headers = { authorization: `Bearer ${await world.token()}` };
    const text = await new Promise<string>((resolve, reject) => {
      httpsRequest(`${world.url}/api/stream/mine`, { ca: pair.cert, headers, agent: false }, (response) => {
        let heard = '';
        response.on('data', (chunk: Buffer) => (heard += chunk.toString()));
        response.on('end', () => resolve(`${response.httpVersion} ${response.statusCode} ${heard}`));
        answers[0]!.end('data: live\n\n');
      })
        .on('error', reject)
        .end();
    });
    expect(text).toBe('1.1 200 data: live\n\n');
  });

  it('tells a stream why it ends, when a broadcaster is lost and when the gateway stops', async () => {
    const answers = await openBroadcaster();
    const session = await http2();
    const lost = await open(session, '/api/stream/mine');
    answers[0]!.write('data: {}\n\n');
    await eventually(() => lost.text() !== '');
    answers[0]!.destroy();
    await eventually(() => lost.text().includes('"reason":"upstream_unavailable"'));

    const stopped = await open(session, '/api/stream/mine');
    const over = new Promise((resolve) => stopped.stream.once('end', resolve));
    const stopping = world.stop();
    ended = true;
    await over;
    expect(stopped.text()).toContain('"reason":"drain"');
    await stopping;
  });

  it('holds a broadcaster back for a stream that is not read, and no other', async () => {
    const answers = await openBroadcaster();
    const session = await http2();
    const stuck = await open(session, '/api/stream/mine');
    const flowing = await open(session, '/api/stream/mine');
    stuck.stream.pause();
    const block = Buffer.alloc(64 * 1024, 'x');
    let held = false;
    for (let n = 0; n < 2_000 && !held; n++) {
      if (!answers[0]!.write(block)) {
        held = await Promise.race([
          new Promise<boolean>((resolve) => answers[0]!.once('drain', () => resolve(false))),
          new Promise<boolean>((resolve) => setTimeout(() => resolve(true), 500)),
        ]);
      }
    }
    expect(held).toBe(true);
    answers[1]!.write('data: free\n\n');
    await eventually(() => flowing.text() === 'data: free\n\n');
  });

  it('refuses with JSON, and refuses what comes over a limit', async () => {
    const session = await http2();
    const stream = session.request({ ':path': '/api/sessions', authorization: 'Bearer x' });
    const head = await new Promise<Record<string, unknown>>((resolve) =>
      stream.once('response', (headers) => resolve({ ...headers })),
    );
    expect(head).toMatchObject({ ':status': 401, 'content-type': 'application/json; charset=utf-8' });
    const none = await open(session, '/api/run_sse/mine');
    await eventually(() => none.text().includes('event: closing'));
    expect(none.headers).toMatchObject({ ':status': 200 });
  });

  it('takes a renewed certificate without a restart', async () => {
    const { port } = new URL(world.url);
    const shown = (): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = tlsConnect({ port: Number(port), host: '127.0.0.1', rejectUnauthorized: false }, () => {
          resolve(socket.getPeerX509Certificate()!.toString());
          socket.destroy();
        });
        socket.on('error', reject);
      });
    const before = await shown();
    expect(before).toContain(pair.cert.split('\n')[1]);
    const next = selfSignedPair();
    await writePair(next);
    await eventually(async () => (await shown()) !== before, 8_000);
    expect(await shown()).toContain(next.cert.split('\n')[1]);
  });
});
