// One service as a process of its own, on a port that it keeps over restarts.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { until } from '../waiting.js';

export interface ServiceOptions {
  readonly name: string;
  readonly main: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
}

const READY_MS = 60_000;
const EXIT_MS = 40_000;

export class ServiceProcess {
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  /** Exit codes of those that were asked to stop. */
  readonly exitCodes: (number | string)[] = [];

  constructor(private readonly options: ServiceOptions) {}

  get name(): string {
    return this.options.name;
  }

  get url(): string {
    return `http://127.0.0.1:${this.options.port}`;
  }

  get pid(): number {
    return this.#child?.pid ?? -1;
  }

  get running(): boolean {
    const child = this.#child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Starts it if it does not run, and waits until it is ready. */
  async start(): Promise<void> {
    if (!this.running) this.#spawn();
    const ready = await until(async () => !this.running || (await this.isReady()), READY_MS);
    if (!ready || !this.running)
      throw new Error(`${this.name} did not become ready. Its log ends: ${this.lastLines()}`);
  }

  async isReady(): Promise<boolean> {
    const answer = await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(2_000) }).catch(
      () => undefined,
    );
    await answer?.body?.cancel();
    return answer?.status === 200;
  }

  /** @returns how long it took to end, milliseconds */
  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<number> {
    const startedMs = performance.now();
    const child = this.#child;
    if (!child || !this.running) return 0;
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), EXIT_MS);
    await this.#ended;
    clearTimeout(late);
    if (signal === 'SIGTERM') this.exitCodes.push(child.exitCode ?? child.signalCode ?? 'unknown');
    return performance.now() - startedMs;
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGUSR2'): void {
    if (this.running) this.#child!.kill(signal);
  }

  lastLines(): string {
    return readFileSync(this.options.logFile, 'utf8').slice(-2_000);
  }

  #spawn(): void {
    const { main, port, env, logFile } = this.options;
    const log = openSync(logFile, 'a');
    // With the channel it also stops when this process is gone, however that ends.
    const child = spawn(process.execPath, [main], {
      env: { ...process.env, ...env, HOST: '127.0.0.1', PORT: String(port) },
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    const killAtExit = (): void => void child.kill('SIGKILL');
    process.once('exit', killAtExit);
    child.once('exit', () => process.removeListener('exit', killAtExit));
  }
}
