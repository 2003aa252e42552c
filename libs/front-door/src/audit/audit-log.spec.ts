import { describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditLog, type AuditFacts } from './audit-log.js';

const FACTS: AuditFacts = {
  principal: { id: 'ada', tenant: 'acme', scopes: [] },
  session: 's1',
  route: 'GET /api/stream/:session_id',
  address: '10.1.2.3',
  userAgent: 'curl/8',
  requestId: 'r-1',
  authRequired: true,
  accessType: 'bearer',
};

function recorded(facts: AuditFacts): Record<string, unknown> {
  let text = '';
  AuditLog.to('gateway', { write: (line) => void (text += line) }).record('connect', facts);
  return JSON.parse(text) as Record<string, unknown>;
}

describe('AuditLog', () => {
  it('writes one JSON line per event', () => {
    const { time, ...line } = recorded(FACTS);
    expect(Date.parse(String(time))).not.toBeNaN();
    expect(line).toEqual({
      log: 'audit',
      service: 'gateway',
      event: 'connect',
      principal: 'ada',
      tenant: 'acme',
      session: 's1',
      route: 'GET /api/stream/:session_id',
      address: '10.1.2.3',
      user_agent: 'curl/8',
      request_id: 'r-1',
      authenticated: true,
      auth_required: true,
      access_type: 'bearer',
    });
  });

  it('says who is nobody', () => {
    const anonymous = { id: 'anonymous', tenant: 'default', scopes: [], anonymous: true };
    expect(recorded({ ...FACTS, principal: anonymous, accessType: 'anonymous' })).toMatchObject({
      authenticated: false,
      access_type: 'anonymous',
    });
    expect(recorded({ ...FACTS, principal: undefined, accessType: 'none' })).toMatchObject({ authenticated: false });
  });

  it('writes no token, nothing that is no id, and nothing endless', () => {
    const token = `${'h'.repeat(20)}.${'p'.repeat(60)}.${'s'.repeat(43)}`;
    const line = recorded({ ...FACTS, session: 'a\r\n{"event":"start"}', run: '../x', userAgent: `x ${token} y` });
    expect(line).not.toHaveProperty('session');
    expect(line).not.toHaveProperty('run');
    expect(line.user_agent).toBe('x [token] y');
    expect(String(recorded({ ...FACTS, userAgent: 'u'.repeat(9_000) }).user_agent)).toHaveLength(256);
  });

  it('appends to a file, and refuses one that cannot be written', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vana-audit-'));
    const file = join(folder, 'audit.log');
    for (let n = 0; n < 2; n++) {
      const log = await AuditLog.open('gateway', file);
      log.record('start', FACTS);
      log.close();
    }
    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(['start', 'start']);
    await expect(AuditLog.open('gateway', join(folder, 'none', 'audit.log'))).rejects.toMatchObject({
      code: 'settings_invalid',
      details: { keys: [expect.objectContaining({ key: 'AUDIT_LOG' })] },
    });
    await rm(folder, { recursive: true });
  });
});
