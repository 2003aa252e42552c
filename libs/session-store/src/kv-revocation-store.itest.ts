// Revocations on a real nats-server: the contract over two pods, restarts, an outage.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { Principal } from '@vana/events';
import { eventually, revocationStoreContract, startNatsServer, type NatsServer } from '@vana/test-kit';
import { KvRevocationStore } from './kv-revocation-store.js';

revocationStoreContract('KV', async () => {
  const server = await startNatsServer();
  const [nc, otherNc] = await Promise.all([connect({ servers: server.url }), connect({ servers: server.url })]);
  const store = await KvRevocationStore.open(nc);
  const other = await KvRevocationStore.open(otherNc);
  return {
    store,
    other,
    close: async () => {
      store.close();
      other.close();
      await Promise.all([nc.close(), otherNc.close()]);
      await server.stop();
    },
  };
});

describe('KV: revocations over time', () => {
  let server: NatsServer;
  const connections: NatsConnection[] = [];
  const pod = async (): Promise<KvRevocationStore> => {
    const nc = await connect({ servers: server.url, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
    connections.push(nc);
    return KvRevocationStore.open(nc);
  };
  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(async () => {
    for (const nc of connections) await nc.close();
    await server.stop();
  });

  const nowMs = Date.now();
  const revocation = (id: string, expiresAtMs = nowMs + 60_000) =>
    ({ tenant: 'acme', kind: 'token', id, revokedAtMs: nowMs, expiresAtMs }) as const;
  const bearer = (tokenId: string): Principal => ({ id: 'ada', tenant: 'acme', scopes: [], tokenId });

  it('survive a restart of every pod and of the server', async () => {
    const first = await pod();
    for (let n = 0; n < 150; n++) await first.revoke(revocation(`old-${n}`));
    first.close();
    await server.restart();
    const second = await pod();
    for (let n = 0; n < 150; n++) expect(second.covers(bearer(`old-${n}`))).toBe(true);
    expect(second.covers(bearer('other'))).toBe(false);
  });

  it('reach a pod that was cut off meanwhile', async () => {
    const [near, far] = [await pod(), await pod()];
    await server.restart();
    await eventually(async () => {
      await near.revoke(revocation('during'));
      return true;
    });
    await eventually(() => far.covers(bearer('during')));
  });

  it('fail loudly when they cannot be stored', async () => {
    const nc = await connect({ servers: server.url });
    const store = await KvRevocationStore.open(nc);
    await nc.close();
    await expect(store.revoke(revocation('lost'))).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(store.covers(bearer('lost'))).toBe(false);
  });
});
