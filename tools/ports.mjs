// Ports and waiting for what listens on them. Waiting always has a deadline.
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 50;

/** A port that was free a moment ago. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** @returns false when nobody listens in time */
export function untilListening(port, deadlineMs) {
  return poll(deadlineMs, () => accepts(port));
}

/** @returns false when /health/ready does not answer 200 in time */
export function untilReady(url, deadlineMs) {
  return poll(deadlineMs, async () => {
    const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(3_000) }).catch(() => undefined);
    await answer?.body?.cancel();
    return answer?.status === 200;
  });
}

async function poll(deadlineMs, check) {
  for (const end = Date.now() + deadlineMs; Date.now() < end; await sleep(POLL_MS)) {
    if (await check()) return true;
  }
  return false;
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
