import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createPrincipalTokenCheck } from '@vana/access-token';
import type { Principal } from '@vana/events';
import { newConnectionId } from '@vana/routing';
import { CallTokens } from './call-tokens.js';
import { LiveConnections } from './live-connections.js';

const SECRET = 's'.repeat(32);
const ada: Principal = { id: 'ada', tenant: 'acme', scopes: ['sessions:read'], expiresAtMs: 5_000_000_000_000 };
const EXPIRES = new Date(5_000_000_000_000).toISOString();
let server: Server | undefined;
afterEach(async () => {
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
});

async function over(listener: RequestListener): Promise<LiveConnections> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const pod = { podId: 'pod-1', url, connections: 0, maxConnections: 1, draining: false };
  return new LiveConnections({ present: () => [pod] }, new CallTokens(SECRET));
}

describe('LiveConnections', () => {
  it('brings the fresh token’s principal to the pod that the connection’s id names', async () => {
    const id = newConnectionId('pod-1');
    let asked: (string | undefined)[] = [];
    const connections = await over((request, response) => {
      asked = [request.method, request.url, request.headers.authorization?.slice('Bearer '.length)];
      response.end(JSON.stringify({ connection_id: id, expires_at: EXPIRES }));
    });
    expect(await connections.extend(id, ada)).toEqual({ connection_id: id, expires_at: EXPIRES });
    const [method, url, token] = asked;
    expect([method, url]).toEqual(['POST', `/api/stream/${id}/token`]);
    expect(await createPrincipalTokenCheck(SECRET, 'vana-broadcaster')(token!)).toEqual({ principal: ada });
  });

  it.each([newConnectionId('pod-2'), 'pod-1', 'pod-1_x', '../../health/live'])('knows no connection %s', async (id) => {
    let asked = 0;
    const connections = await over((_request, response) => {
      asked++;
      response.end();
    });
    await expect(connections.extend(id, ada)).rejects.toMatchObject({ code: 'connection_not_found' });
    expect(asked).toBe(0);
  });

  it.each<[string, number, string, string]>([
    ['it is gone', 404, '{"error":{}}', 'connection_not_found'],
    ['the pod is in trouble', 500, '{}', 'no_broadcaster'],
    ['the pod speaks gibberish', 200, '<html>', 'no_broadcaster'],
    ['the pod says something else', 200, '{}', 'no_broadcaster'],
  ])('tells when %s', async (_name, status, body, code) => {
    const connections = await over((_request, response) => void response.writeHead(status).end(body));
    await expect(connections.extend(newConnectionId('pod-1'), ada)).rejects.toMatchObject({ code });
  });
});
