// `npm run cluster`: every service as processes of their own, on a real nats-server and redis-server.
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fail, prepare, root, say } from './bootstrap.mjs';
import { build } from './build.mjs';
import { Fleet } from './fleet.mjs';
import { freePort, untilListening, untilReady } from './ports.mjs';
import { ensurePrograms } from './programs.mjs';

const USAGE = `npm run cluster -- [--question "…"] [--corpus DIR] [--port N] [--exit] [--json]

  --question "…"  the question to ask when everything is ready (default: a sample question)
  --corpus DIR    folder with .md, .txt and .html files (default: README files of the installed packages)
  --port N        first gateway's port; the others follow from it (default 8080, 0 = free ones; --json: 0)
  --exit          stop everything after the report
  --json          print JSON lines for programs; asks only what --question says

NATS_URL and REDIS_URL name servers to use instead of starting some.`;

const SERVICES = [
  { service: 'orchestrator', count: 2, offset: 1 },
  { service: 'broadcaster', count: 3, offset: 2 },
  { service: 'monitoring', count: 1, offset: 3 },
  { service: 'gateway', count: 2, offset: 0 },
];
/** Ports of the second instance of a service lie this far from those of the first. */
const INSTANCE_STEP = 100;
const READY_DEADLINE_MS = 60_000;

const options = readOptions();
const node = prepare();
build(node);
const { SAMPLE_QUESTION } = await import('../services/standalone/dist/options.js');
const question = options.question ?? (options.json ? undefined : SAMPLE_QUESTION);
say('Starting every service as a process of its own …');

const fleet = new Fleet();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => void stopAndExit(0));
}

const secret = process.env.JWT_SECRET ?? randomBytes(32).toString('base64url');
const natsUrl = process.env.NATS_URL ?? (await startNats());
const redisUrl = process.env.REDIS_URL ?? (await startRedis());
const instances = await startServices();
await Promise.all(instances.map(untilInstanceReady));
await report();

async function startNats() {
  const { NATS_SERVER_BIN: program } = ensurePrograms('nats-server');
  const port = await freePort();
  const store = join(fleet.folder, 'nats');
  fleet.start('nats-server', program, ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', store]);
  await guarded(untilListening(port, READY_DEADLINE_MS), 'nats-server');
  return `nats://127.0.0.1:${port}`;
}

async function startRedis() {
  const { REDIS_SERVER_BIN: program } = ensurePrograms('redis-server');
  const port = await freePort();
  // Redis is a cache here: nothing of it needs to survive.
  const settings = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', fleet.folder];
  fleet.start('redis-server', program, ['--port', String(port), ...settings]);
  await guarded(untilListening(port, READY_DEADLINE_MS), 'redis-server');
  return `redis://127.0.0.1:${port}`;
}

async function startServices() {
  const shared = {
    ...process.env,
    HOST: '127.0.0.1',
    NATS_URL: natsUrl,
    REDIS_URL: redisUrl,
    JWT_SECRET: secret,
    INTERNAL_JWT_SECRET: process.env.INTERNAL_JWT_SECRET ?? randomBytes(32).toString('base64url'),
    RESEARCH_CORPUS: options.corpus ?? join(root, 'node_modules'),
    ...(options.corpus === undefined ? { RESEARCH_CORPUS_NAMES: 'readme*' } : {}),
  };
  const started = [];
  for (const { service, count, offset } of SERVICES) {
    for (let at = 0; at < count; at++) {
      const port = options.port === 0 ? await freePort() : options.port + offset + at * INSTANCE_STEP;
      const name = `${service}-${at + 1}`;
      const main = join(root, 'services', service, 'dist', 'main.js');
      const child = fleet.start(name, node, [main], { ...shared, PORT: String(port) });
      started.push({ service, name, url: `http://127.0.0.1:${port}`, pid: child.pid });
    }
  }
  return started;
}

async function untilInstanceReady({ name, url }) {
  await guarded(untilReady(url, READY_DEADLINE_MS), name);
}

/** A start that fails ends the command: with the reason that the process itself gave, if it gave one. */
async function guarded(waiting, name) {
  const death = fleet.death(name);
  const outcome = await Promise.race([waiting.then((ok) => (ok ? 'ready' : 'late')), death.then(() => 'died')]);
  if (outcome === 'ready' || fleet.stopping) return;
  const reason = outcome === 'died' ? 'could not start' : `was not ready within ${READY_DEADLINE_MS / 1000} s`;
  say(`${name} ${reason}: ${fleet.lastWords(name)}`);
  await stopAndExit(1);
}

async function report() {
  if (fleet.stopping) return;
  fleet.reportDeaths();
  const urls = (service) => instances.filter((one) => one.service === service).map((one) => one.url);
  const sessionId = `demo-${randomBytes(16).toString('base64url')}`;
  const [gateway] = urls('gateway');
  const token = await fleet.output(node, [join(root, 'services/standalone/dist/token.js'), '--sub', 'me'], {
    JWT_SECRET: secret,
  });
  if (options.json) {
    const ready = {
      ready: true,
      gateways: urls('gateway'),
      orchestrators: urls('orchestrator'),
      broadcasters: urls('broadcaster'),
      monitoring: urls('monitoring')[0],
      natsUrl,
      redisUrl,
      tokenSecret: secret,
      processes: fleet.processes(),
    };
    console.log(JSON.stringify(ready));
  } else {
    console.log(`Ready: ${instances.length} processes on ${natsUrl} and ${redisUrl}; logs in ${fleet.folder}.`);
  }
  if (question !== undefined) {
    const args = ['--gateway', gateway, '--session', sessionId, '--question', question];
    const ask = join(root, 'services/standalone/dist/ask.js');
    const exitCode = await fleet.run(node, [ask, ...args, ...(options.json ? ['--json'] : [])], { VANA_TOKEN: token });
    if (options.exit) await stopAndExit(exitCode);
  }
  if (!options.json) {
    const inOrder = ['gateway', 'orchestrator', 'broadcaster', 'monitoring'];
    const addresses = inOrder.flatMap((wanted) => instances.filter(({ service }) => service === wanted));
    const { invitationText } = await import('../services/standalone/dist/demo/tell.js');
    process.stdout.write(
      invitationText({ addresses: addresses.map(({ name, url }) => [name, url]), gateway, token, sessionId }),
    );
  }
}

async function stopAndExit(exitCode) {
  if (fleet.stopping) {
    fleet.kill();
    process.exit(130);
  }
  await fleet.stop();
  process.exit(exitCode);
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        question: { type: 'string', short: 'q' },
        corpus: { type: 'string' },
        port: { type: 'string' },
        exit: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    const port = Number(values.port ?? (values.json ? 0 : 8080));
    if (!Number.isInteger(port) || port < 0 || port > 65_000) throw new Error('--port must be from 0 to 65000');
    const corpus = values.corpus && resolve(process.env.INIT_CWD ?? process.cwd(), values.corpus);
    return { ...values, port, corpus };
  } catch (error) {
    return fail(`${error.message.split('. ')[0]}. See npm run cluster -- --help.`);
  }
}
