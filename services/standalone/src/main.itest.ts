// The commands as a person runs them: processes of their own, from the build that `npm run build` makes.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { readAccessTokenSettings } from '@vana/access-token';

const program = (name: string) => fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url));
const SECRET = 's'.repeat(40);

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

describe('npm start and npm run token', () => {
  let dir: string;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'vana-start-'));
    await writeFile(join(dir, 'tides.md'), '# Tides\n\nSpring tides happen at full moon and at new moon.\n');
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  function run(name: string, args: string[], env: Record<string, string> = {}) {
    const stdio = ['ignore', 'pipe', 'pipe', 'ipc'] as const;
    const child = spawn(process.execPath, [program(name), ...args], {
      stdio: [...stdio],
      env: { ...process.env, ...env },
    });
    children.push(child);
    let [out, err] = ['', ''];
    child.stdout!.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr!.on('data', (chunk: Buffer) => (err += chunk.toString()));
    // Not the child's own `close`: with the channel let go of, it never comes.
    const drained = [child.stdout!, child.stderr!].map((pipe) => once(pipe, 'end'));
    const ended = Promise.all([once(child, 'exit'), ...drained]).then(([[code]]): Ended => {
      return { code: code as number | null, out, err };
    });
    const printed = async (text: string) => {
      while (!out.includes(text)) await Promise.race([once(child.stdout!, 'data'), ended.then(refuse)]);
      return out;
    };
    const refuse = (how: Ended) => Promise.reject(new Error(`ended with ${how.code}: ${how.err}`));
    return { child, ended, printed };
  }

  const start = (...args: string[]) => run('main', ['--port', '0', '--corpus', dir, ...args]);

  it('asks, reports and ends with --exit', async () => {
    const { code, out, err } = await start('--question', 'When do spring tides happen?', '--exit').ended;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('Question: When do spring tides happen?');
    expect(out).toMatch(/^ {2}100 % {2}/m);
    expect(out).toContain('full moon');
    expect(out).toContain('tides.md');
    expect(out).toMatch(/Run [\w-]+ (completed|partial).*: \d+ events, 1 sources/);
  });

  it('prints one JSON line when it is ready and one per report with --json', async () => {
    const { code, out } = await start('--json', '--question', 'When do spring tides happen?', '--exit').ended;
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(code).toBe(0);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({ ready: true, gateways: [expect.stringMatching(/^http:/)], documents: 1 });
    expect(lines[1]).toMatchObject({ run: { sources: [expect.objectContaining({ shortId: 'src-1' })] } });
  });

  it.each(['SIGINT', 'SIGTERM', 'disconnect'] as const)('stays up until %s, then ends within 2 s', async (way) => {
    const running = start('--question', 'When do spring tides happen?');
    await running.printed('Ctrl-C stops everything.');
    const asked = performance.now();
    if (way === 'disconnect') running.child.disconnect();
    else running.child.kill(way);
    expect((await running.ended).code).toBe(0);
    expect(performance.now() - asked).toBeLessThan(2_000);
  });

  it('prints a token and a curl line that follow the session', async () => {
    const running = start('--question', 'When do spring tides happen?');
    const out = await running.printed('Ctrl-C stops everything.');
    const token = /^ {2}TOKEN=([\w-]+\.[\w-]+\.[\w-]+)$/m.exec(out)?.[1];
    const url = /^ {2}curl -N -H "Authorization: Bearer \$TOKEN" '(http:[^']+)'$/m.exec(out)?.[1];
    const answer = await fetch(url!, { headers: { Authorization: `Bearer ${token}` } });
    const first = await answer.body!.getReader().read();
    expect(answer.status).toBe(200);
    expect(Buffer.from(first.value!).toString()).toContain('event: agent_network_connection');
  });

  it('says in one sentence that a port is in use', async () => {
    const port = 20_000 + randomInt(10_000);
    const taken = createServer().listen(port, '127.0.0.1');
    await once(taken, 'listening');
    const { code, err } = await start('--port', String(port)).ended;
    taken.close();
    expect({ code, err }).toEqual({
      code: 1,
      err: `vana-stream: Port ${port} is in use: choose others with --port N (0 takes free ones).\n`,
    });
  });

  it('says in one sentence that there is nothing to read', async () => {
    const missing = await start('--corpus', join(dir, 'nowhere')).ended;
    expect(missing.code).toBe(1);
    expect(missing.err).toMatch(/^vana-stream: The document corpus folder does not exist: .*nowhere\.\n$/);

    const empty = await mkdtemp(join(tmpdir(), 'vana-empty-'));
    const nothing = await start('--corpus', empty).ended;
    await rm(empty, { recursive: true });
    expect(nothing.code).toBe(1);
    expect(nothing.err).toMatch(/^vana-stream: The document corpus holds no readable document: .*\n$/);
  });

  it('says in one sentence which settings are wrong', async () => {
    const running = run('main', ['--port', '0', '--corpus', dir], { LOG_LEVEL: 'loud', JWT_SECRET: 'short' });
    const { code, err } = await running.ended;
    expect(code).toBe(1);
    expect(err).toMatch(/^vana-stream: Settings are missing or invalid: .*LOG_LEVEL.*JWT_SECRET.*\n$/);
    expect(err).not.toContain('loud');
  });

  it('says in one sentence which option is wrong', async () => {
    const { code, out, err } = await start('--colour').ended;
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^vana-stream: .*--colour.*\n$/);
    expect(err.trimEnd()).not.toContain('\n');
  });

  it('makes tokens that services with the same secret accept, and says what is missing', async () => {
    const made = await run('token', ['--sub', 'me', '--scopes', 'sessions:read'], { JWT_SECRET: SECRET }).ended;
    expect({ code: made.code, err: made.err }).toEqual({ code: 0, err: '' });
    const claims = JSON.parse(Buffer.from(made.out.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;
    const { issuer, audience } = readAccessTokenSettings({ JWT_SECRET: SECRET });
    expect(claims).toMatchObject({ sub: 'me', scope: 'sessions:read', iss: issuer, aud: audience });

    const secretless = await run('token', ['--sub', 'me'], { JWT_SECRET: '' }).ended;
    expect(secretless.code).toBe(1);
    expect(secretless.err).toMatch(/^Settings are missing or invalid: JWT_SECRET .*\n$/);

    const scopeless = await run('token', ['--sub', 'me', '--scopes', 'everything'], { JWT_SECRET: SECRET }).ended;
    expect(scopeless.code).toBe(1);
    expect(scopeless.err).toContain('sessions:read');
  });
});
