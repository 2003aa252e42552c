// The account file on a real nats-server: the four services, each as its own user, answer a question and are
// refused nothing; and nobody may do what is not theirs to do.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectNats } from '../../libs/event-bus-nats/dist/index.js';
import { root } from '../bootstrap.mjs';
import { freePort, untilListening, untilReady } from '../ports.mjs';
import { stopGroup } from '../process-group.mjs';
import { SERVICES } from './service-settings.mjs';

const READY_MS = 10_000;
/** Publishing here must be refused to the user. */
const FORBIDDEN = [
  ['gateway', 'vana.live.t.s'],
  ['gateway', 'vana.events.t.s'],
  ['gateway', '$KV.vana_sessions_v1.t.s'],
  ['gateway', 'vana.presence.broadcaster'],
  ['gateway', '$JS.API.STREAM.DELETE.VANA_EVENTS_V1'],
  ['gateway', '$JS.API.STREAM.MSG.GET.VANA_EVENTS_V1'],
  ['orchestrator', 'vana.live.t.s'],
  ['orchestrator', '$JS.API.STREAM.DELETE.VANA_EVENTS_V1'],
  ['broadcaster', '$JS.API.STREAM.PURGE.VANA_EVENTS_V1'],
  ['broadcaster', 'vana.live.t.s'],
  ['broadcaster', 'vana.events.t.s'],
  ['broadcaster', 'vana.commands.run.start'],
  ['monitoring', 'vana.live.t.s'],
  ['monitoring', 'vana.events.t.s'],
  ['operator', 'vana.live.t.s'],
  ['operator', 'vana.events.t.s'],
];
/** Nor may it listen there. */
const PRIVATE = [
  ['gateway', 'vana.live.>'],
  ['gateway', '_INBOX.vana-orchestrator.>'],
  ['monitoring', 'vana.events.>'],
  ['broadcaster', 'vana.commands.>'],
];

/** @returns what is wrong, in sentences; empty when all is well */
export async function natsAccountProblems({ natsServer, chart }) {
  const folder = mkdtempSync(join(tmpdir(), 'vana-accounts-'));
  const children = [];
  try {
    const server = await startServer(natsServer, chart, folder, children);
    const gateway = await startServices(server, children);
    const problems = await askAndResume(chart, gateway, server.secret);
    problems.push(...refusals(server.log));
    for (const [user, subject] of FORBIDDEN) {
      if (!(await isRefused(server, user, (nc) => nc.publish(subject))))
        problems.push(`${user} may publish ${subject}`);
    }
    for (const [user, subject] of PRIVATE) {
      const listen = (nc) => nc.subscribe(subject, { callback: () => undefined });
      if (!(await isRefused(server, user, listen))) problems.push(`${user} may listen to ${subject}`);
    }
    return problems;
  } finally {
    for (const { pid } of children.reverse()) await stopGroup(pid);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function startServer(program, chart, folder, children) {
  copyFileSync(join(chart, 'files', 'nats', 'accounts.conf'), join(folder, 'accounts.conf'));
  const port = await freePort();
  const lines = [
    `port: ${port}`,
    'host: 127.0.0.1',
    `jetstream { store_dir: "${folder}/store" }`,
    'include ./accounts.conf',
  ];
  writeFileSync(join(folder, 'nats.conf'), lines.join('\n'));
  const password = (user) => `p${user}`;
  const env = Object.fromEntries(
    [...SERVICES, 'operator'].map((user) => [`NATS_${user.toUpperCase()}_PASSWORD`, password(user)]),
  );
  const log = join(folder, 'nats.log');
  children.push(
    spawn(program, ['-c', join(folder, 'nats.conf'), '-l', log], { env, stdio: 'inherit', detached: true }),
  );
  if (!(await untilListening(port, READY_MS)))
    throw new Error(`nats-server did not start: ${readFileSync(log, 'utf8')}`);
  return { url: `nats://127.0.0.1:${port}`, password, log, secret: randomBytes(32).toString('base64url') };
}

async function startServices({ url, password, secret, log }, children) {
  const addresses = {};
  for (const service of SERVICES) {
    const port = await freePort();
    const env = {
      ...{ PATH: process.env.PATH, NODE_ENV: 'production', PORT: String(port), LOG_LEVEL: 'error', AUDIT_LOG: 'off' },
      ...{ NATS_URL: url, NATS_USER: service, NATS_PASSWORD: password(service), JWT_SECRET: secret },
      RESEARCH_CORPUS: join(root, 'docs'),
    };
    const main = join(root, 'services', service, 'dist', 'main.js');
    children.push(spawn(process.execPath, [main], { env, stdio: ['ignore', 'ignore', 'inherit'], detached: true }));
    addresses[service] = `http://127.0.0.1:${port}`;
  }
  for (const [service, address] of Object.entries(addresses)) {
    if (!(await untilReady(address, READY_MS)))
      throw new Error(`${service} did not become ready as its own NATS user. ${refusals(log).join('\n')}`);
  }
  return addresses.gateway;
}

async function askAndResume(chart, gateway, secret) {
  const env = {
    PATH: process.env.PATH,
    GATEWAY_URL: gateway,
    QUESTION: 'How does a reader resume?',
    JWT_SECRET: secret,
  };
  const names = { JWT_ISSUER: 'vana-stream', JWT_AUDIENCE: 'vana-stream', TIMEOUT_SECONDS: '60' };
  const script = join(chart, 'files', 'tests', 'ask-and-resume.mjs');
  const child = spawn(process.execPath, [script], { env: { ...env, ...names }, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  return code === 0 ? [] : ['the services could not answer a question under their permissions'];
}

const refusals = (log) =>
  readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.includes('Violation'))
    .map((line) => `refused to a service: ${line}`);

async function isRefused({ url, password }, user, act) {
  const nc = await connectNats({ url, name: `vana-${user}`, user, pass: password(user) });
  try {
    let refused = false;
    const watching = (async () => {
      for await (const { type, error } of nc.status())
        if (type === 'error' && /permission/i.test(error.message)) refused = true;
    })();
    act(nc);
    // The server's refusal comes before its answer to what was sent later.
    await nc.flush();
    await nc.close();
    await watching;
    return refused;
  } finally {
    await nc.close();
  }
}
