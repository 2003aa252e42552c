// Two pods on real NATS and Redis: what one pod's reader had, the other continues; Redis is only a cache.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { developmentAccessTokenSettings, issueToken } from '@vana/access-token';
import { NatsEventPublisher, connectNats } from '@vana/event-bus-nats';
import type { SessionKey } from '@vana/events';
import { createLogger, createRegistry, type RunningService } from '@vana/observability';
import { KvSessionStore } from '@vana/session-store';
import {
  eventually,
  sampleEvent,
  sampleSession,
  startNatsServer,
  startRedisServer,
  type NatsServer,
  type RedisServer,
} from '@vana/test-kit';
import { connectAdapters, type Adapters } from './connect-adapters.js';
import { createBroadcaster } from './create-broadcaster.js';
import { readBroadcasterSettings } from './settings.js';
import { SseClient } from './spec/sse-client.js';

const tokens = developmentAccessTokenSettings();
const secret = tokens.key.algorithm === 'HS256' ? tokens.key.secret : '';

describe('broadcasters on real servers', () => {
  let nats: NatsServer;
  let redis: RedisServer;
  let pods: { adapters: Adapters; service: RunningService }[];
  let publish: (session: SessionKey, message: number) => Promise<string>;
  let newSession: () => Promise<SessionKey>;
  let remove: (session: SessionKey) => Promise<void>;
  const ends: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    [nats, redis] = await Promise.all([startNatsServer(), startRedisServer()]);
    const start = async (redisUrl: string | undefined) => {
      const env = {
        PORT: '0',
        JWT_SECRET: secret,
        NATS_URL: nats.url,
        REDIS_URL: redisUrl,
        BROADCASTER_EXPOSED: '1',
        AUDIT_LOG: 'off',
      };
      const settings = readBroadcasterSettings(env);
      const registry = createRegistry('broadcaster');
      const adapters = await connectAdapters(settings, createLogger('broadcaster', 'silent'), registry);
      return { adapters, service: await createBroadcaster(adapters.ports, settings) };
    };
    // The third pod has no Redis at all.
    pods = [await start(redis.url), await start(redis.url), await start(undefined)];

    const connection = await connectNats({ url: nats.url, name: 'spec' });
    ends.push(() => connection.close());
    const publisher = await NatsEventPublisher.open(connection);
    const sessions = await KvSessionStore.open(connection);
    ends.unshift(async () => {
      publisher.close();
      sessions.close();
    });
    publish = async (session, message) => {
      const event = sampleEvent(session, `event-${message}`, { data: { message } });
      const { epoch, seq } = await publisher.publish(session, event);
      return `${epoch}-${seq}`;
    };
    newSession = async () => {
      const record = sampleSession();
      await sessions.create(record);
      return record;
    };
    remove = (session) => sessions.remove(session, Date.now());
  });

  afterAll(async () => {
    for (const { service, adapters } of pods) {
      await service.close();
      await adapters.close();
    }
    for (const end of ends) await end();
    await Promise.all([nats.stop(), redis.stop()]);
  });

  const open = async (pod: number, { sessionId }: SessionKey, lastEventId?: string): Promise<SseClient> => {
    const token = await issueToken(tokens, { sub: 'ada', tenant: 'acme', scopes: ['sessions:read'], expiresInS: 60 });
    const position = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    const headers = { authorization: `Bearer ${token}`, ...position };
    return SseClient.open(`${pods[pod]!.service.url}/api/stream/${sessionId}`, headers);
  };

  it('continues on any pod exactly where another one was cut', async () => {
    const session = await newSession();
    const ids = [await publish(session, 0), await publish(session, 1)];
    const first = await open(0, session);
    await first.block('caught_up');
    for (let message = 2; message < 60; message++) ids.push(await publish(session, message));
    await first.until(({ events }) => events.length === 60);
    expect(first.events.map(({ id }) => id)).toEqual(ids);
    first.close();

    for (const pod of [0, 1, 2]) {
      for (const cut of [0, 1, 30, 58, 59]) {
        const resumed = await open(pod, session, ids[cut]);
        await resumed.block('caught_up');
        expect(resumed.blocks[0]!.data['resume']).toMatchObject({ verdict: 'resumed' });
        expect(resumed.events.map(({ id }) => id)).toEqual(ids.slice(cut + 1));
        resumed.close();
      }
    }
  });

  it('has readers on all pods follow a session live', async () => {
    const session = await newSession();
    const readers = await Promise.all([0, 1, 2].map((pod) => open(pod, session)));
    for (const reader of readers) await reader.block('caught_up');
    const ids: string[] = [];
    for (let message = 0; message < 30; message++) ids.push(await publish(session, message));
    for (const reader of readers) {
      await reader.until(({ events }) => events.length === ids.length);
      expect(reader.events.map(({ id }) => id)).toEqual(ids);
      reader.close();
    }
  });

  it('ends the streams of a deleted session on every pod', async () => {
    const session = await newSession();
    const last = await publish(session, 0);
    const readers = await Promise.all([0, 1, 2].map((pod) => open(pod, session)));
    for (const reader of readers) await reader.block('caught_up');
    await remove(session);
    for (const reader of readers) {
      expect((await reader.block('end')).data).toEqual({ reason: 'deleted' });
      await reader.end();
    }
    for (const pod of [0, 1, 2]) {
      const stopped = await open(pod, session, last);
      expect(stopped.status).toBe(204);
      await stopped.end();
    }
  });

  it('is ready with and without Redis, and sees the other pods', async () => {
    for (const { service, adapters } of pods) {
      expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
      await eventually(() => adapters.ports.presence.present().length === pods.length);
    }
  });
});
