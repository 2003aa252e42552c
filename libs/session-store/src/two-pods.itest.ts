// Two stores on one bucket, as two pods have them.
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SessionRecord } from '@vana/run-state';
import { eventually, sampleRun, sampleSession, startNatsServer, type NatsServer } from '@vana/test-kit';
import { randomUUID } from 'node:crypto';
import { KvRunStore } from './kv-run-store.js';
import { KvSessionStore } from './kv-session-store.js';

describe('two pods on one bucket', () => {
  let server: NatsServer;
  let connections: NatsConnection[];
  let stores: KvSessionStore[];
  let one: KvSessionStore;
  let two: KvSessionStore;
  beforeAll(async () => {
    server = await startNatsServer();
    connections = await Promise.all([1, 2].map(() => connect({ servers: server.url })));
    // At once, so that both may try to create the bucket.
    stores = await Promise.all(connections.map((nc) => KvSessionStore.open(nc)));
    [one, two] = stores as [KvSessionStore, KvSessionStore];
  });
  afterAll(async () => {
    stores.forEach((store) => store.close());
    await Promise.all(connections.map((nc) => nc.close()));
    await server.stop();
  });

  it('racing to create an id: exactly one wins, the other is given its record', async () => {
    for (let round = 0; round < 20; round++) {
      const sessionId = randomUUID();
      const mine = sampleSession({ sessionId, owner: 'ada' });
      const theirs = sampleSession({ sessionId, owner: 'bob' });
      const answers = await Promise.all([one.create(mine), two.create(theirs)]);
      const winner = answers[0] === undefined ? mine : theirs;
      expect(answers.filter((answer) => answer === undefined)).toHaveLength(1);
      expect(answers.find((answer) => answer !== undefined)).toEqual(winner);
      expect(await two.get(mine)).toEqual(winner);
      const loser = winner === mine ? 'bob' : 'ada';
      const listed = (await one.listOwned('acme', loser, 100)).map((session) => session.sessionId);
      expect(listed).not.toContain(sessionId);
    }
  });

  it('racing to create the same record for the same owner: it is listed once, whoever won', async () => {
    const owner = randomUUID();
    const record = sampleSession({ owner });
    const later = { ...record, createdAtMs: record.createdAtMs + 1 };
    const answers = await Promise.all([one.create(record), two.create(record), one.create(later), two.create(later)]);
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(1);
    expect(await two.listOwned('acme', owner, 10)).toEqual([await one.get(record)]);
  });

  it('racing to update: nothing is lost', async () => {
    const record = sampleSession();
    await one.create(record);
    const names = Array.from({ length: 60 }, (_, i) => `r${i}`);
    const add = (reader: string) => (standing: SessionRecord) => ({
      ...standing,
      readers: [...standing.readers, reader],
    });
    await Promise.all(names.map((name, i) => stores[i % 2]!.update(record, add(name))));
    expect([...(await one.get(record))!.readers].sort()).toEqual([...names].sort());
  });

  it('removing on one pod is told on the other, and the id is never used again on any', async () => {
    const record = sampleSession();
    await one.create(record);
    const gone: string[] = [];
    const stop = two.onChange((changed) => {
      if (changed.deletedAtMs !== undefined) gone.push(changed.sessionId);
    });
    await one.remove(record, 5_000);
    await eventually(() => gone.includes(record.sessionId));
    expect(await two.get(record)).toMatchObject({ deletedAtMs: 5_000 });
    expect(await two.create({ ...record, owner: 'eve' })).toMatchObject({ deletedAtMs: 5_000, owner: 'ada' });
    expect(await two.update(record, (standing) => ({ ...standing, title: 'Back' }))).toMatchObject({ title: '' });
    expect(await one.listOwned('acme', 'ada', 100)).not.toContainEqual(expect.objectContaining(record));
    stop();
  });

  it('racing to remove and update: the tombstone is the last word', async () => {
    for (let round = 0; round < 10; round++) {
      const record = sampleSession();
      await one.create(record);
      await Promise.all([
        one.remove(record, 5_000),
        ...[1, 2, 3].map((n) => two.update(record, (standing) => ({ ...standing, title: `t${n}` }))),
      ]);
      expect(await two.get(record)).toMatchObject({ deletedAtMs: 5_000, title: '' });
    }
  });

  it('listing on one pod what another has just created', async () => {
    const owner = randomUUID();
    const record = sampleSession({ owner });
    await one.create(record);
    expect(await two.listOwned('acme', owner, 10)).toEqual([record]);
    await two.remove(record, 5_000);
    expect(await one.listOwned('acme', owner, 10)).toEqual([]);
  });

  it('passes over a record that it cannot read, in lists and in the watch', async () => {
    const owner = randomUUID();
    const readable = sampleSession({ owner });
    const broken = sampleSession({ owner, createdAtMs: 2_000 });
    const told: string[] = [];
    const stop = two.onChange(({ sessionId }) => void told.push(sessionId));
    await one.create(readable);
    await one.create(broken);
    await eventually(() => told.includes(broken.sessionId));
    told.length = 0;
    await connections[0]!.request(`$KV.vana_sessions_v1.acme.${broken.sessionId}`, '{"schema":"of tomorrow"}');
    await one.update(readable, (standing) => ({ ...standing, title: 'after' }));
    await eventually(() => told.includes(readable.sessionId));
    expect(told).not.toContain(broken.sessionId);
    expect((await one.listOwned('acme', owner, 10)).map(({ sessionId }) => sessionId)).toEqual([readable.sessionId]);
    await expect(two.get(broken)).rejects.toMatchObject({ code: 'store_unavailable' });
    stop();
  });

  it('claiming a run: exactly one pod gets it', async () => {
    const runs = await Promise.all(connections.map((nc) => KvRunStore.open(nc)));
    for (let round = 0; round < 20; round++) {
      const run = sampleRun();
      await runs[0]!.create(run);
      const claims = await Promise.all(
        runs.map((pod, i) =>
          pod.update(run.tenant, run.runId, (standing) =>
            standing.claimedBy === undefined ? { ...standing, status: 'running', claimedBy: `pod${i}` } : undefined,
          ),
        ),
      );
      expect(claims.filter((claim, i) => claim?.claimedBy === `pod${i}`)).toHaveLength(1);
    }
    runs.forEach((pod) => pod.close());
  });

  it('an id that would name other keys of the bucket is refused', async () => {
    for (const sessionId of ['*', '>', 'a.b', '', 'owned.x.y.z']) {
      await expect(one.get({ tenant: 'acme', sessionId })).rejects.toMatchObject({ code: 'invalid_session_id' });
      await expect(one.get({ tenant: sessionId, sessionId: 's' })).rejects.toMatchObject({
        code: 'invalid_session_id',
      });
    }
    expect(await one.listOwned('*', 'ada', 10)).toEqual([]);
  });
});
