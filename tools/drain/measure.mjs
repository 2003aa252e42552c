// The measurement: two pods of a kind, readers on the first, events all the time, SIGTERM to the first.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { issueToken, readAccessTokenSettings } from '../../libs/access-token/dist/index.js';
import { NatsEventPublisher, connectNats } from '../../libs/event-bus-nats/dist/index.js';
import { KvSessionStore } from '../../libs/session-store/dist/index.js';
import { root, say } from '../bootstrap.mjs';
import { Fleet } from '../fleet.mjs';
import { freePort, untilListening, untilReady } from '../ports.mjs';
import { Reader } from './reader.mjs';

const { values } = parseArgs({
  options: {
    /** The kind of pod that is ended: broadcaster or gateway. */
    service: { type: 'string', default: 'broadcaster' },
    readers: { type: 'string', default: '5000' },
    sessions: { type: 'string', default: '500' },
    /** Events per second over all sessions. */
    rate: { type: 'string', default: '50' },
    /** SSE_DRAIN_TIME, seconds. */
    over: { type: 'string', default: '20' },
  },
});
const [count, sessionCount, rate] = [values.readers, values.sessions, values.rate].map(Number);
const CONNECT_AT_ONCE = 100;
const READY_MS = 60_000;
/** What has not come back by then has not come back. */
const PATIENCE_MS = 30_000;

const fleet = new Fleet();
const [natsPort, redisPort] = [await freePort(), await freePort()];
const secret = randomBytes(32).toString('base64url');
const env = {
  ...process.env,
  HOST: '127.0.0.1',
  NATS_URL: `nats://127.0.0.1:${natsPort}`,
  REDIS_URL: `redis://127.0.0.1:${redisPort}`,
  JWT_SECRET: secret,
  BROADCASTER_EXPOSED: 'yes',
  LOG_LEVEL: 'warn',
  AUDIT_LOG: 'off',
  SSE_DRAIN_TIME: values.over,
  SSE_MAX_CONNECTIONS: String(2 * count),
  SSE_MAX_CONNECTIONS_PER_PRINCIPAL: String(2 * count),
  RATE_LIMIT_ADDRESS: '0',
  RATE_LIMIT_PRINCIPAL: '0',
};

const store = join(fleet.folder, 'nats');
fleet.start('nats-server', process.env.NATS_SERVER_BIN, [
  '-a',
  '127.0.0.1',
  '-p',
  String(natsPort),
  '-js',
  '-sd',
  store,
]);
const redisArgs = ['--bind', '127.0.0.1', '--save', '', '--dir', fleet.folder, '--port', String(redisPort)];
fleet.start('redis-server', process.env.REDIS_SERVER_BIN, redisArgs);
await Promise.all([natsPort, redisPort].map((port) => untilListening(port, READY_MS)));

async function startPods(service) {
  const pods = [];
  for (const n of [1, 2]) {
    const port = await freePort();
    const main = join(root, 'services', service, 'dist', 'main.js');
    const child = fleet.start(`${service}-${n}`, process.execPath, [main], { ...env, PORT: String(port) });
    const url = `http://127.0.0.1:${port}`;
    pods.push({ child, url });
    if (!(await untilReady(url, READY_MS)))
      await giveUp(`${service}-${n} was not ready:\n${fleet.lastWords(`${service}-${n}`)}`);
  }
  return pods;
}

async function giveUp(sentence) {
  say(sentence);
  await fleet.stop();
  process.exit(1);
}

const broadcasters = await startPods('broadcaster');
const pods = values.service === 'gateway' ? await startPods('gateway') : broadcasters;
const [leaving] = pods;

const nats = await connectNats({ url: env.NATS_URL, name: 'drain' });
const publisher = await NatsEventPublisher.open(nats);
const sessionStore = await KvSessionStore.open(nats);
const token = await issueToken(readAccessTokenSettings({ JWT_SECRET: secret }), {
  sub: 'ada',
  tenant: 'acme',
  scopes: ['sessions:read'],
  expiresInS: 3_600,
});
const sessions = Array.from({ length: sessionCount }, (_, n) => ({ tenant: 'acme', sessionId: `drain-${n}`, ids: [] }));
for (const { tenant, sessionId } of sessions) {
  const nowMs = Date.now();
  await sessionStore.create({
    tenant,
    sessionId,
    owner: 'ada',
    readers: [],
    title: '',
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  });
}

const idsOf = ({ path }) => sessions[Number(path.split('-').at(-1))].ids;
async function until(isSo) {
  for (const endMs = performance.now() + PATIENCE_MS; !isSo() && performance.now() < endMs;) await sleep(50);
}

const readers = Array.from({ length: count }, (_, n) => {
  const { sessionId } = sessions[n % sessionCount];
  const urls = [pods[0].url, pods[1].url, pods[1].url, pods[1].url];
  return new Reader(urls, `/api/stream/${sessionId}`, { authorization: `Bearer ${token}` });
});
for (let at = 0; at < count; at += CONNECT_AT_ONCE) {
  await Promise.all(readers.slice(at, at + CONNECT_AT_ONCE).map((reader) => reader.start()));
}
say(`${count} readers of ${sessionCount} sessions are on ${values.service} 1.`);

let published = 0;
let publishing = true;
const traffic = (async () => {
  for (const startMs = performance.now(); publishing; await sleep(20)) {
    while (published < ((performance.now() - startMs) / 1_000) * rate) {
      const session = sessions[published % sessionCount];
      const event = {
        schemaVersion: 1,
        type: 'x.drain.note',
        channel: 'agents',
        sessionId: session.sessionId,
        data: { n: published },
        id: `n-${published++}`,
        createdAt: new Date().toISOString(),
      };
      const { epoch, seq } = await publisher.publish(session, event);
      session.ids.push(`${epoch}-${seq}`);
    }
  }
})();
await sleep(3_000);

const exited = once(leaving.child, 'exit');
const startMs = performance.now();
leaving.child.kill('SIGTERM');
const [exitCode, signal] = await exited;
const exitMs = performance.now() - startMs;
const allBack = () => readers.every((reader) => reader.endings.length > 0 && reader.closedAtMs === undefined);
await until(allBack);
const allBackMs = performance.now() - startMs;
await sleep(1_000);
publishing = false;
await traffic;
await until(() => readers.every((reader) => reader.received.length >= idsOf(reader).length));

const endings = readers.flatMap((reader) => reader.endings);
const firstEndings = readers.map((reader) => reader.endings[0]).filter(Boolean);
const perSecond = new Map();
for (const { atMs } of firstEndings) {
  const second = Math.floor((atMs - startMs) / 1_000);
  perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
}
function spreadOf(times) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? -1);
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
const reasons = {};
for (const { reason } of endings) reasons[reason] = (reasons[reason] ?? 0) + 1;
const faults = readers.filter((reader) => reader.whatIsWrong(idsOf(reader)) !== undefined);
const result = {
  service: values.service,
  readers: count,
  drainTimeS: Number(values.over),
  exit: signal ?? exitCode,
  exitS: Number((exitMs / 1_000).toFixed(1)),
  allBackS: Number((allBackMs / 1_000).toFixed(1)),
  endings: reasons,
  mostInASecond: Math.max(...perSecond.values()),
  awayMs: spreadOf(readers.flatMap((reader) => reader.gaps)),
  reconnectMs: spreadOf(readers.flatMap((reader) => reader.works)),
  events: published,
  notExact: faults.length,
};
console.log(JSON.stringify(result));
for (const reader of faults.slice(0, 5)) say(`${reader.path}: ${reader.whatIsWrong(idsOf(reader))}.`);

for (const reader of readers) reader.stop();
await nats.close();
await fleet.stop();
process.exit(exitCode === 0 && faults.length === 0 && exitMs < 30_000 ? 0 : 1);
