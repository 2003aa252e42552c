// `npm run bench:refusals`: 50,000 connects with bad tokens, as fast as this machine's client can, against a
// gateway of `npm run cluster` that serves a reader meanwhile. What must hold is said at the end of each line.
//   npm run bench:refusals -- --connects 50000 --limited   (--limited: with the limits that are the default)
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { prepare, root, say } from './bootstrap.mjs';
import { stopGroup } from './process-group.mjs';

const { values } = parseArgs({
  options: { connects: { type: 'string', default: '50000' }, limited: { type: 'boolean', default: false } },
});
const CONNECTS = Number(values.connects);
const WARM_UP = 20_000;
const ADDRESSES = Array.from({ length: 16 }, (_, n) => `127.0.0.${n + 2}`);
const AT_ONCE = 64;
const MUST = { rate: 1_000, growthBytes: 5 * 1024 * 1024, p99Ms: 250 };

const node = prepare();
const system = await startCluster();
let failed = true;
try {
  failed = !(await measure(system));
} finally {
  await stopGroup(system.pid, 20_000);
}
process.exit(failed ? 1 : 0);

async function measure(system) {
  const { gateways, tokenSecret } = system;
  const gateway = gateways[0];
  const { issueToken } = await import('../libs/access-token/dist/index.js');
  const settings = { key: { algorithm: 'HS256', secret: tokenSecret }, issuer: 'vana-stream', audience: 'vana-stream' };
  const scopes = ['sessions:read', 'sessions:write', 'runs:start'];
  const token = await issueToken(settings, { sub: 'reader', scopes, expiresInS: 3_600 });
  const bad = await issueToken(
    { ...settings, key: { algorithm: 'HS256', secret: 'x'.repeat(32) } },
    {
      ...{ sub: 'reader', scopes, expiresInS: 3_600 },
    },
  );
  const pid = system.processes.find(({ name }) => name === 'gateway-1').pid;
  const session = `bench-${Date.now()}`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  await fetch(`${gateway}/api/sessions`, { method: 'POST', headers, body: JSON.stringify({ session_id: session }) });
  const delays = [];
  let recording = false;
  const reading = new AbortController();
  const reader = follow(`${gateway}/api/stream/${session}`, token, reading.signal, (storedMs) => {
    if (recording) delays.push(Date.now() - storedMs);
  });
  let running = true;
  const runs = (async () => {
    while (running) {
      const body = JSON.stringify({ query: 'events=20' });
      await fetch(`${gateways.at(-1)}/api/run_sse/${session}`, { method: 'POST', headers, body }).catch(
        () => undefined,
      );
      await sleep(100);
    }
  })();

  say(`Warming up with ${WARM_UP} connects …`);
  await attack(gateway, bad, session, WARM_UP);
  const before = { ...(await memory(gateway, pid)), reads: await broadcasterRequests(system) };
  recording = true;
  say(`${CONNECTS} connects from ${ADDRESSES.length} addresses …`);
  const { seconds, statuses, failures } = await attack(gateway, bad, session, CONNECTS);
  recording = false;
  const after = { ...(await memory(gateway, pid)), reads: await broadcasterRequests(system) };
  running = false;
  await runs;
  reading.abort();
  await reader;

  delays.sort((a, b) => a - b);
  const p99 = delays[Math.ceil(delays.length * 0.99) - 1] ?? Infinity;
  const rate = CONNECTS / seconds;
  const growth = after.heap - before.heap;
  const cpuMs = ((after.cpu - before.cpu) * 1_000) / CONNECTS;
  const checks = [
    [
      `${Math.round(rate)} connects per second (${seconds.toFixed(1)} s; ${cpuMs.toFixed(2)} ms of the gateway’s CPU each)`,
      rate >= MUST.rate,
      `at least ${MUST.rate}`,
    ],
    [
      `answers ${JSON.stringify(statuses)}, ${failures} failures`,
      failures === 0 && onlyRefusals(statuses),
      'refusals only',
    ],
    [
      `heap of the gateway grew by ${mib(growth)} MiB (RSS by ${mib(after.rss - before.rss)})`,
      growth < MUST.growthBytes,
      `less than ${mib(MUST.growthBytes)}`,
    ],
    [
      `the reader got ${delays.length} events, p50 ${delays[delays.length >> 1]} ms, p99 ${p99} ms`,
      p99 < MUST.p99Ms,
      `p99 below ${MUST.p99Ms}`,
    ],
    [
      `broadcasters were asked ${after.reads - before.reads} times, history was not read`,
      after.reads === before.reads,
      'never',
    ],
  ];
  for (const [fact, holds, wanted] of checks) console.log(`${holds ? 'ok  ' : 'FAIL'} ${fact}: ${wanted}`);
  return checks.every(([, holds]) => holds);
}

function mib(bytes) {
  return (bytes / 1024 / 1024).toFixed(1);
}

function onlyRefusals(statuses) {
  return Object.keys(statuses).every((status) => status === '401' || status === '429');
}

/** Connects `count` times, `AT_ONCE` at a time; each connection carries one request. */
async function attack(gateway, token, session, count) {
  const { hostname, port } = new URL(gateway);
  const request =
    `GET /api/stream/${session} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n` +
    `Authorization: Bearer ${token}\r\n\r\n`;
  const statuses = {};
  let failures = 0;
  let begun = 0;
  const started = performance.now();
  const one = (n) =>
    new Promise((resolve) => {
      const socket = connect({ host: hostname, port: Number(port), localAddress: ADDRESSES[n % ADDRESSES.length] });
      let status;
      socket.on('connect', () => socket.write(request));
      socket.on('data', (chunk) => (status ??= chunk.toString('latin1', 9, 12)));
      socket.on('error', () => undefined);
      socket.on('close', () => {
        if (status === undefined) failures += 1;
        else statuses[status] = (statuses[status] ?? 0) + 1;
        resolve();
      });
    });
  const lane = async () => {
    while (begun < count) await one(begun++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return { seconds: (performance.now() - started) / 1_000, statuses, failures };
}

/** The least of a few looks, after a collection: between two the heap only grows. */
async function memory(gateway, pid) {
  process.kill(pid, 'SIGUSR2');
  const looks = [];
  for (let n = 0; n < 8; n++) {
    const text = await (await fetch(`${gateway}/metrics`)).text();
    const value = (name) => Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1]);
    looks.push({
      heap: value('nodejs_heap_size_used_bytes'),
      rss: value('process_resident_memory_bytes'),
      cpu: value('process_cpu_seconds_total'),
    });
    await sleep(250);
  }
  const least = (name) => Math.min(...looks.map((look) => look[name]));
  return { heap: least('heap'), rss: least('rss'), cpu: least('cpu') };
}

/** Requests that reached a broadcaster: without one, no history is read. */
async function broadcasterRequests({ broadcasters }) {
  let count = 0;
  for (const url of broadcasters) {
    const text = await (await fetch(`${url}/metrics`)).text();
    const answered = text.matchAll(/^vana_http_request_seconds_count\{[^}]*route="\/(?:api|agent)[^}]*\} (\d+)$/gm);
    const opened = text.matchAll(/^vana_broadcaster_connections_opened_total\{[^}]*\} (\d+)$/gm);
    for (const [, requests] of [...answered, ...opened]) count += Number(requests);
  }
  return count;
}

/** Follows a stream and tells when each of its events was made; control blocks have no session. */
async function follow(url, token, signal, heard) {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` }, signal });
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of response.body) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop();
      for (const line of lines.filter((one) => one.startsWith('data: '))) {
        const { channel, timestamp } = JSON.parse(line.slice('data: '.length));
        if (channel !== undefined) heard(Date.parse(timestamp));
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function startCluster() {
  const off = values.limited ? {} : { RATE_LIMIT_ADDRESS: '0' };
  // What is measured is what stays, so garbage has to be collected on demand.
  const collect = 'data:text/javascript,process.on(%27SIGUSR2%27,()=>{gc();gc()})';
  const child = spawn(node, [join(root, 'tools', 'cluster.mjs'), '--json', '--port', '0'], {
    env: {
      ...process.env,
      LOG_LEVEL: 'warn',
      RESEARCH_ENGINE: 'scripted',
      NODE_ENV: 'test',
      NODE_OPTIONS: `--expose-gc --import ${collect}`,
      ...off,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const line = await new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The cluster ended with ${code}.`)));
    createInterface({ input: child.stdout }).once('line', resolve);
  });
  child.stdout.resume();
  return { ...JSON.parse(line), pid: child.pid };
}
