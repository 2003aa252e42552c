// The processes of `npm run cluster`: started by name, their output kept in files, all stopped together.
import { spawn } from 'node:child_process';
import { mkdirSync, openSync, closeSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, say } from './bootstrap.mjs';
import { stopGroup } from './process-group.mjs';

const RUNS = join(root, '.vana', 'cluster');
const LAST_LINES = 12;
/** Services first: they say good-bye to readers and to the bus. */
const isServer = ({ name }) => name.endsWith('-server');

export class Fleet {
  /** Data and logs of this run. */
  folder = join(RUNS, String(process.pid));
  stopping = false;
  #members = [];
  #reporting = false;

  constructor() {
    removeOldRuns();
    mkdirSync(this.folder, { recursive: true });
  }

  /** Starts a process in a group of its own: Ctrl-C reaches it through `stop`, in the right order. */
  start(name, command, args, env = process.env) {
    const log = openSync(this.#log(name), 'w');
    // With the channel, a service also stops when this process is gone.
    const stdio = ['ignore', log, log, ...(name.endsWith('-server') ? [] : ['ipc'])];
    const child = spawn(command, args, { cwd: root, env, stdio, detached: true });
    closeSync(log);
    const dead = new Promise((resolve) => {
      child.on('error', resolve);
      child.on('exit', resolve);
    });
    const member = { name, child, dead };
    this.#members.push(member);
    child.on('exit', (code, signal) => {
      if (this.#reporting && !this.stopping) {
        say(`${name} has ended (${signal ?? `exit code ${code}`}); the others go on. Its log: ${this.#log(name)}`);
      }
    });
    return child;
  }

  /** From now on a process that dies is reported by name. */
  reportDeaths() {
    this.#reporting = true;
  }

  /** Resolves when that process has ended. */
  death(name) {
    return this.#members.find((member) => member.name === name).dead;
  }

  processes() {
    return this.#members.map(({ name, child }) => ({ name, pid: child.pid }));
  }

  /** Why a process ended: its own sentence for people, or the end of its log. */
  lastWords(name) {
    const lines = readFileSync(this.#log(name), 'utf8').trimEnd().split('\n');
    const last = lines.at(-1) ?? '';
    const sentence = /^\w+: (.+\.)$/.exec(last)?.[1];
    return sentence ?? `its log ends with\n${lines.slice(-LAST_LINES).join('\n')}`;
  }

  /** Runs a program in the foreground. @returns its exit code */
  run(command, args, env) {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'inherit', 'inherit'] });
    return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
  }

  /** @returns what a program prints, without its line end */
  async output(command, args, env) {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    for await (const chunk of child.stdout) text += chunk;
    return text.trimEnd();
  }

  async stop() {
    this.stopping = true;
    const end = (members) => Promise.all(members.map(({ child }) => stopGroup(child.pid)));
    await end(this.#members.filter((member) => !isServer(member)));
    await end(this.#members.filter(isServer));
    rmSync(join(this.folder, 'nats'), { recursive: true, force: true });
  }

  kill() {
    for (const { child } of this.#members) child.kill('SIGKILL');
  }

  #log(name) {
    return join(this.folder, `${name}.log`);
  }
}

function removeOldRuns() {
  mkdirSync(RUNS, { recursive: true });
  for (const pid of readdirSync(RUNS)) {
    if (!isAlive(Number(pid))) rmSync(join(RUNS, pid), { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
