// The system under test, started by the same commands that users type: `npm start` (E2E_SETUP=embedded)
// or `npm run cluster` (E2E_SETUP=cluster), as processes of their own.
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { issueToken, type AccessTokenSettings } from '@vana/access-token';
import type { Scope } from '@vana/events';

const SCRIPTS = { embedded: 'tools/start.mjs', cluster: 'tools/cluster.mjs' };
const START_DEADLINE_MS = 120_000;
const STOP_DEADLINE_MS = 20_000;

export type SetUpName = keyof typeof SCRIPTS;

/** Both set-ups unless E2E_SETUP names one. */
export const SET_UPS: readonly SetUpName[] = (['embedded', 'cluster'] as const).filter(
  (name) => (process.env['E2E_SETUP'] ?? name) === name,
);

export interface RunningSystem {
  /** Base URLs; a cluster has two. */
  readonly gateways: readonly string[];
  /** A cluster's other base URLs and processes (`broadcaster-1`, …). */
  readonly broadcasters: readonly string[];
  readonly processes: readonly SystemProcess[];
  readonly tokenSettings: AccessTokenSettings;
  token(sub: string, more?: { scopes?: readonly Scope[]; tenant?: string }): Promise<string>;
  stop(): Promise<void>;
}

interface SystemProcess {
  readonly name: string;
  readonly pid: number;
}

const ALL_SCOPES: readonly Scope[] = ['sessions:read', 'sessions:write', 'runs:start'];

/** @param env settings for every service, for example `RESEARCH_ENGINE` */
export async function startSystem(name: SetUpName, env: Record<string, string> = {}): Promise<RunningSystem> {
  const root = join(import.meta.dirname, '..', '..');
  const child = spawn(process.execPath, [SCRIPTS[name], '--json', '--port', '0'], {
    cwd: root,
    env: { ...process.env, LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ready = await readyLine(child);
  const tokenSettings: AccessTokenSettings = {
    key: { algorithm: 'HS256', secret: ready.tokenSecret },
    issuer: 'vana-stream',
    audience: 'vana-stream',
  };
  return {
    gateways: ready.gateways,
    broadcasters: ready.broadcasters ?? [],
    processes: ready.processes ?? [],
    tokenSettings,
    token: (sub, { scopes = ALL_SCOPES, tenant } = {}) =>
      issueToken(tokenSettings, { sub, scopes, expiresInS: 600, ...(tenant === undefined ? {} : { tenant }) }),
    stop: () => stop(child),
  };
}

interface ReadyLine {
  readonly ready: true;
  readonly gateways: readonly string[];
  readonly broadcasters?: readonly string[];
  readonly processes?: readonly SystemProcess[];
  readonly tokenSecret: string;
}

/** The first line on standard output, once everything is up. */
function readyLine(child: ChildProcess): Promise<ReadyLine> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`not ready in time: ${said}`)), START_DEADLINE_MS);
    child.stderr!.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-10_000)));
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${said}`)));
    createInterface({ input: child.stdout! }).once('line', (line) => {
      clearTimeout(timer);
      child.removeAllListeners('exit');
      child.stdout!.resume();
      resolve(JSON.parse(line) as ReadyLine);
    });
  });
}

/** As Ctrl-C does; a system that does not end by itself fails the test. */
function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.reject(new Error(`the system had ended with ${child.exitCode}`));
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error('the system did not stop in time'));
    }, STOP_DEADLINE_MS);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
