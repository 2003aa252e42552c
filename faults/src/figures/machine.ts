// What figures were measured on: they mean nothing without it.
import { spawnSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';

export function machineLine(): string {
  const memory = `${Math.round(totalmem() / 1024 ** 3)} GiB`;
  const load = `load ${loadavg()[1]!.toFixed(1)}`;
  const versions = [
    `Node ${process.versions.node}`,
    versionOf(process.env['NATS_SERVER_BIN'] ?? 'nats-server'),
    versionOf(process.env['REDIS_SERVER_BIN'] ?? 'redis-server'),
  ];
  return `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${memory}, ${load}; ${versions.join(', ')}`;
}

function versionOf(program: string): string {
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  const name = program.split('/').at(-1);
  return `${name} ${/(\d+\.\d+\.\d+)/.exec(stdout ?? '')?.[1] ?? 'unknown'}`;
}
