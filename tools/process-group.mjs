// Ends a child that was started with `detached: true` together with everything that it started.
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 50;

/** Asks the group to stop, and after `patienceMs` ends what is left of it. Resolves when nothing is left. */
export async function stopGroup(pid, patienceMs = 5_000) {
  if (pid === undefined || !send(pid, 'SIGTERM')) return;
  for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(POLL_MS)) {
    if (!send(pid, 0)) return;
  }
  send(pid, 'SIGKILL');
}

/** @returns false when the group has ended */
function send(pid, signal) {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}
