import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { issuePrincipalToken, issueToken, type AdmissionRequest } from '@vana/access-token';
import type { Principal } from '@vana/events';
import { readBroadcasterSettings } from '../settings.js';
import { broadcasterAdmission } from './broadcaster-admission.js';

const ENV = { JWT_SECRET: 's'.repeat(32), INTERNAL_JWT_SECRET: 'i'.repeat(32) };
const endS = () => Date.now() / 1_000 + 60;
const ada: Principal = { id: 'ada', tenant: 'acme', scopes: ['sessions:read'], expiresAtMs: 5_000_000_000_000 };

function admit(env: Record<string, string>, authorization?: string, sessionId?: string) {
  const request: AdmissionRequest = {
    ...{ method: 'GET', url: '/', headers: authorization === undefined ? {} : { authorization } },
    params: sessionId === undefined ? {} : { session_id: sessionId },
  };
  return broadcasterAdmission(readBroadcasterSettings({ ...ENV, ...env }), () => undefined)(request);
}
const callToken = async () =>
  `Bearer ${await issuePrincipalToken(ENV.INTERNAL_JWT_SECRET, 'vana-broadcaster', ada, endS())}`;
const userToken = async () => {
  const { accessToken } = readBroadcasterSettings(ENV);
  return `Bearer ${await issueToken(accessToken, { sub: 'ada', scopes: [], expiresInS: 60 })}`;
};
const REFUSED = { code: 'unauthenticated' };

describe('a broadcaster', () => {
  it('behind gateways takes their tokens only', async () => {
    expect(await admit({}, await callToken())).toEqual({ principal: ada, credential: 'bearer' });
    await expect(admit({}, await userToken())).rejects.toMatchObject(REFUSED);
    await expect(admit({ REQUIRE_SSE_AUTH: 'no' }, undefined, randomUUID())).rejects.toMatchObject(REFUSED);
  });

  it('that is exposed takes users’ tokens too', async () => {
    const env = { BROADCASTER_EXPOSED: 'true' };
    expect((await admit(env, await userToken())).principal).toMatchObject({ id: 'ada', tenant: 'default' });
    expect((await admit(env, await callToken())).principal).toEqual(ada);
    await expect(admit(env, undefined, randomUUID())).rejects.toMatchObject(REFUSED);
    await expect(admit(env, 'Bearer garbage')).rejects.toMatchObject(REFUSED);
  });

  it('that is exposed in demo mode takes nobody to an unguessable session', async () => {
    const env = { BROADCASTER_EXPOSED: 'true', REQUIRE_SSE_AUTH: 'no' };
    expect((await admit(env, undefined, randomUUID())).credential).toBe('anonymous');
    await expect(admit(env, undefined, 's1')).rejects.toMatchObject({ code: 'weak_session_id' });
    await expect(admit(env)).rejects.toMatchObject(REFUSED);
    await expect(admit(env, 'Bearer garbage', randomUUID())).rejects.toMatchObject(REFUSED);
  });
});
