// Another machine that can vanish: a network namespace with a cable of its own. When the cable is pulled, its
// connections end on neither side: no FIN, no RST. Linux, as root.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';

export interface VanishingMachine {
  /** Where this machine is reached from there. */
  readonly host: string;
  /** Reads an URL there for as long as it comes. Resolves when the first bytes have come. */
  read(url: string, headers: Readonly<Record<string, string>>): Promise<void>;
  /** Pulls the cable. */
  vanish(): void;
  remove(): void;
}

const READER = `
const [url, headers] = [process.argv[1], JSON.parse(process.env.HEADERS)];
require('node:http').get(url, { headers }, (answer) => answer.once('data', () => console.log('read')).resume());
`;

let made = 0;

/** @returns `undefined` where the system does not let us make one */
export function makeVanishingMachine(): VanishingMachine | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  const name = `vana${process.pid}n${made++}`;
  // Interface names have at most 15 characters.
  const [near, far] = [`va${process.pid}x${made}`, `vb${process.pid}x${made}`];
  // A link-local net for each process and machine.
  const net = `169.254.${1 + (process.pid % 250)}.${(made * 4) % 252}`;
  const address = (last: number): string => net.replace(/\d+$/, (first) => String(Number(first) + last));
  const ip = (...args: string[]): void => void execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const there = (...args: string[]): void => ip('netns', 'exec', name, 'ip', ...args);
  const readers: ChildProcess[] = [];
  const remove = (): void => {
    for (const reader of readers) reader.kill('SIGKILL');
    for (const args of [
      ['netns', 'del', name],
      ['link', 'del', near],
    ]) {
      try {
        ip(...args);
      } catch {
        // Not there any more, or it never was.
      }
    }
  };
  try {
    ip('netns', 'add', name);
    ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', name);
    ip('addr', 'add', `${address(1)}/30`, 'dev', near);
    ip('link', 'set', near, 'up');
    there('addr', 'add', `${address(2)}/30`, 'dev', far);
    there('link', 'set', far, 'up');
  } catch {
    remove();
    return undefined;
  }
  return {
    host: address(1),
    read: (url, headers) => {
      const env = { ...process.env, HEADERS: JSON.stringify(headers) };
      const args = ['netns', 'exec', name, process.execPath, '-e', READER, url];
      const reader = spawn('ip', args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
      readers.push(reader);
      return new Promise((resolve, reject) => {
        reader.stdout.once('data', () => resolve());
        reader.once('exit', (code) => reject(new Error(`the reader ended with ${code}`)));
      });
    },
    vanish: () => there('link', 'set', far, 'down'),
    remove,
  };
}
