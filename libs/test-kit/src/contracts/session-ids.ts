// A session of its own for every test: suites share one bus.
import { randomBytes } from 'node:crypto';
import type { SessionKey } from '@vana/events';

export function newSession(tenant = 'default'): SessionKey {
  return { tenant, sessionId: `s-${randomBytes(6).toString('hex')}` };
}
