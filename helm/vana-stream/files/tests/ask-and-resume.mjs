// What `helm test` runs: asks a real question, cuts the stream in its middle, resumes it, and compares with a
// reader that was there all the time. Node alone, no packages.
import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const { GATEWAY_URL, QUESTION, JWT_SECRET, JWT_ISSUER, JWT_AUDIENCE, TIMEOUT_SECONDS = '120' } = process.env;
const session = `test-${randomUUID()}`;
const headers = { Authorization: `Bearer ${token()}`, 'Content-Type': 'application/json' };
const deadline = AbortSignal.timeout(Number(TIMEOUT_SECONDS) * 1_000);
const CUT_AFTER = 5;
let lastWords = '';
/** Blocks that the server writes between the stored events. */
const CONTROL = new Set(['agent_network_connection', 'heartbeat', 'caught_up', 'gap', 'delivery', 'closing', 'end']);

const started = await fetch(`${GATEWAY_URL}/api/run_sse/${session}`, {
  method: 'POST',
  headers,
  body: JSON.stringify({ query: QUESTION }),
  signal: deadline,
});
if (!started.ok) throw new Error(`The run was not started: ${started.status} ${await started.text()}`);

const whole = read(undefined, Infinity);
const first = await read(undefined, CUT_AFTER);
const rest = await read(first.at(-1).id, Infinity);
const ids = (events) => events.map(({ id }) => id).join(' ');
const all = await whole;
const last = all.at(-1);
// Partial: not every section of the report found something in the documents.
if (!['completed', 'partial'].includes(last.data.status)) throw new Error(`The run ended as ${last.data.status}.`);
if (ids([...first, ...rest]) !== ids(all)) throw new Error('The resumed stream differs from the uninterrupted one.');
console.log(
  `Answered (${last.data.status}) with ${all.length} events; cut after ${first.length} and resumed without a gap or a repeat.`,
);

/** Stored events after `position` until the run is complete, or `most` of them; over as many connections as it takes. */
async function read(position, most) {
  const events = [];
  for (let connections = 0; connections < 20; connections++) {
    for await (const event of connection(events.at(-1)?.id ?? position)) {
      events.push(event);
      if (event.type === 'research_complete' || events.length === most) return events;
    }
    await sleep(500);
  }
  throw new Error(`The stream ended again and again, after ${events.length} events. Last: ${lastWords}`);
}

async function* connection(position) {
  const resume = position === undefined ? {} : { 'Last-Event-ID': position };
  const response = await fetch(`${GATEWAY_URL}/api/run_sse/${session}`, {
    headers: { ...headers, Accept: 'text/event-stream', ...resume },
    signal: deadline,
  });
  if (!response.ok) throw new Error(`The stream was not opened: ${response.status} ${await response.text()}`);
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop();
    lastWords = blocks.at(-1) ?? lastWords;
    yield* blocks.map(parse).filter(({ id, type }) => id !== undefined && !CONTROL.has(type));
  }
}

function parse(block) {
  const fields = { data: '' };
  for (const line of block.split('\n')) {
    const [name, ...value] = line.split(':');
    const text = value.join(':').replace(/^ /, '');
    if (name === 'event') fields.type = text;
    else if (name === 'id') fields.id = text;
    else if (name === 'data') fields.data += text;
  }
  return { ...fields, data: fields.data === '' ? {} : JSON.parse(fields.data) };
}

function token() {
  const nowS = Math.floor(Date.now() / 1_000);
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    sub: 'helm-test',
    iss: JWT_ISSUER,
    aud: JWT_AUDIENCE,
    scope: 'sessions:read sessions:write runs:start',
  };
  const times = { jti: randomUUID(), iat: nowS, exp: nowS + 600 };
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ ...claims, ...times })}`;
  return `${signed}.${createHmac('sha256', JWT_SECRET).update(signed).digest('base64url')}`;
}
