// What `helm test` runs: asks a real question, cuts the stream in its middle, resumes it, and compares with a
// reader that was there all the time. Node alone, no packages.
import { createHmac, randomUUID } from 'node:crypto';

const { GATEWAY_URL, QUESTION, JWT_SECRET, JWT_ISSUER, JWT_AUDIENCE, TIMEOUT_SECONDS = '120' } = process.env;
const session = `test-${randomUUID()}`;
const headers = { Authorization: `Bearer ${token()}`, 'Content-Type': 'application/json' };
const deadline = AbortSignal.timeout(Number(TIMEOUT_SECONDS) * 1_000);
const CUT_AFTER = 5;
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
if (last.data.status !== 'completed') throw new Error(`The run ended as ${last.data.status}.`);
if (ids([...first, ...rest]) !== ids(all)) throw new Error('The resumed stream differs from the uninterrupted one.');
console.log(`Answered with ${all.length} events; cut after ${first.length} and resumed without a gap or a repeat.`);

/** Stored events after `position` until the run is complete, or `most` of them. */
async function read(position, most) {
  const events = [];
  const url = `${GATEWAY_URL}/api/run_sse/${session}`;
  const resume = position === undefined ? {} : { 'Last-Event-ID': position };
  const response = await fetch(url, {
    headers: { ...headers, Accept: 'text/event-stream', ...resume },
    signal: deadline,
  });
  if (!response.ok) throw new Error(`The stream was not opened: ${response.status} ${await response.text()}`);
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop();
    for (const event of blocks.map(parse).filter(({ id, type }) => id !== undefined && !CONTROL.has(type))) {
      events.push(event);
      if (event.type === 'research_complete' || events.length === most) return events;
    }
  }
  throw new Error('The stream ended before the run did.');
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
