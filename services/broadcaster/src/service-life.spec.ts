import { afterEach, describe, expect, it } from '@jest/globals';
import { undeclaredRoutes } from '@vana/access-token';
import { createServiceApp } from '@vana/observability';
import { AppModule } from './app.module.js';
import { Broadcaster } from './broadcaster.js';
import { createBroadcaster } from './index.js';
import { BroadcasterWorld } from './spec/broadcaster-world.js';

describe('the life of a broadcaster', () => {
  let world: BroadcasterWorld;
  afterEach(() => world.close());

  it('declares who may call each route', async () => {
    world = await BroadcasterWorld.start();
    const { registry } = world;
    registry.clear();
    const { parts } = new Broadcaster(world.ports, world.settings, 'pod');
    const app = await createServiceApp(AppModule.register(world.settings, world.ports.revocations, parts), world.ports);
    await app.init();
    expect(undeclaredRoutes(app)).toEqual([]);
    await app.close();
  });

  it('announces itself, and leaves with a word to each reader', async () => {
    world = await BroadcasterWorld.start({ settings: { maxConnections: 7 } });
    const { url } = world.service;
    expect(world.presence.present()).toEqual([
      { podId: expect.any(String), url, connections: 0, maxConnections: 7, draining: false },
    ]);
    const session = await world.session();
    const stream = await world.open(`/api/stream/${session.sessionId}`);
    await stream.block('caught_up');
    expect(world.presence.present()[0]!.connections).toBe(1);
    const polled = world.ask(`/api/poll/${session.sessionId}`);
    while ((await world.metric('connections_open')) < 2) await world.clock.flush();
    await world.clock.flush();

    await world.service.close();
    expect((await stream.block('closing')).data).toEqual({ reason: 'shutting_down', reconnect: true });
    await stream.end();
    expect(await polled).toMatchObject({
      status: 200,
      body: { closing: { reason: 'shutting_down', reconnect: true } },
    });
    expect(world.presence.present()).toEqual([]);
    await expect(fetch(`${url}/health/live`)).rejects.toThrow();
    expect(await world.metric('connections_open')).toBe(0);
  });

  it('sends readers to the others where there are any', async () => {
    world = await BroadcasterWorld.start({ settings: { advertiseUrl: 'http://10.0.0.7:8082' } });
    await world.presence.announce(() => ({
      podId: 'other',
      url: 'http://10.0.0.8:8082',
      connections: 0,
      maxConnections: 1,
      draining: false,
    }));
    expect(world.presence.present()[0]!.url).toBe('http://10.0.0.7:8082');
    const session = await world.session();
    const stream = await world.open(`/api/stream/${session.sessionId}`);
    await stream.block('caught_up');
    await world.service.close();
    expect((await stream.block('closing')).data).toEqual({ reason: 'drain', reconnect: true });
  });

  it('sweeps: events past their time and feeds without readers, never one with a reader', async () => {
    world = await BroadcasterWorld.start();
    const [watched, left] = [await world.session(), await world.session()];
    const stream = await world.open(`/api/stream/${watched.sessionId}`);
    const leaving = await world.open(`/api/stream/${left.sessionId}`);
    await Promise.all([stream.block('caught_up'), leaving.block('caught_up')]);
    await world.publishAll(watched, [1, 2]);
    await stream.until(({ events }) => events.length === 2);
    expect(await world.metric('feeds')).toBe(2);
    expect(await world.metric('ring_entries')).toBe(2);
    expect(await world.metric('ring_bytes')).toBeGreaterThan(0);
    leaving.close();
    while ((await world.metric('readers')) > 1) await world.clock.flush();
    // The token lasts an hour: 40 minutes are more than the session's TTL.
    await world.clock.advance(40 * 60_000);
    expect(await world.metric('feeds_released_total')).toBe(1);
    expect(await world.metric('events_expired_total')).toBe(2);
    expect(await world.metric('feeds')).toBe(1);
    expect(await world.metric('ring_entries')).toBe(0);
    await world.publish(watched, 3);
    await stream.until(({ events }) => events.length === 3);
    expect(stream.ended).toBe(false);
  });

  it('is ready while its servers answer, and names no session in its metrics', async () => {
    world = await BroadcasterWorld.start();
    const session = await world.session({ owner: 'a-secret-name' });
    const headers = await world.headers('a-secret-name');
    const stream = await world.open(`/api/stream/${session.sessionId}`, headers);
    await world.publish(session, 1);
    await stream.until(({ events }) => events.length === 1);
    expect(await world.ask('/health/ready')).toMatchObject({
      status: 200,
      body: { checks: { bus: 'up', sessions: 'up', accepting: 'up' } },
    });
    const metrics = await (await fetch(`${world.service.url}/metrics`)).text();
    expect(metrics).toMatch(/vana_broadcaster_events_delivered_total\{service="broadcaster"\} 1/);
    expect(metrics).toMatch(/vana_broadcaster_event_bytes_total\{service="broadcaster"\} [1-9]/);
    expect(metrics).toMatch(/vana_broadcaster_resumes_total\{verdict="fresh",service="broadcaster"\} 1/);
    expect(metrics).not.toContain(session.sessionId);
    expect(metrics).not.toContain('a-secret-name');
  });

  it('tells of a port that is taken', async () => {
    world = await BroadcasterWorld.start();
    world.registry.clear();
    const port = Number(new URL(world.service.url).port);
    await expect(createBroadcaster(world.ports, { ...world.settings, port })).rejects.toMatchObject({
      code: 'port_in_use',
    });
    expect(world.presence.present()).toHaveLength(1);
  });
});
