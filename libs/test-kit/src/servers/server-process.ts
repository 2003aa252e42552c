// One server process of a test: started, watched while it comes up, ended with the test at the latest.
import { spawn, type ChildProcess } from 'node:child_process';

export class ServerProcess {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #output = '';

  constructor(binary: string, args: readonly string[]) {
    this.#child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const keep = (chunk: Buffer): void => {
      this.#output = (this.#output + chunk.toString()).slice(-4_000);
    };
    this.#child.stdout?.on('data', keep);
    this.#child.stderr?.on('data', keep);
    const killAtExit = (): void => void this.#child.kill('SIGKILL');
    process.once('exit', killAtExit);
    this.#ended = new Promise((resolve) => {
      const end = (): void => {
        process.removeListener('exit', killAtExit);
        resolve();
      };
      this.#child.once('exit', end);
      this.#child.once('error', (error) => {
        this.#output += error.message;
        end();
      });
    });
    this.pid = this.#child.pid ?? -1;
  }

  get running(): boolean {
    return this.pid > 0 && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Asks `ready` until it gives a value. @throws Error with the server's last output when it ends or 15 s pass */
  async waitUntil<T>(ready: () => Promise<T | undefined>): Promise<T> {
    const endMs = Date.now() + 15_000;
    while (this.running && Date.now() < endMs) {
      const value = await ready().catch(() => undefined);
      if (value !== undefined) return value;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const problem = this.running ? 'did not become ready' : 'ended';
    await this.stop('SIGKILL');
    throw new Error(`The server ${problem}: ${this.#output.trim()}`);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves when the process is gone. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.running) this.#child.kill(signal);
    await this.#ended;
  }
}
