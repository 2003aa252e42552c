import { eventLogContract, eventPublisherContract, presenceContract, startNatsServer, FakeClock } from '@vana/test-kit';
import type { BusUnderTest } from '@vana/test-kit';
import { connectNats } from './connect-nats.js';
import { ensureEventStream } from './event-stream.js';
import { NatsEventLog } from './nats-event-log.js';
import { NatsEventPublisher } from './nats-event-publisher.js';
import { NatsPresence } from './nats-presence.js';

const setUp = async (): Promise<BusUnderTest> => {
  const server = await startNatsServer();
  // Every adapter on a connection of its own, as in separate processes.
  const [one, two, three] = await Promise.all(
    ['log', 'publisher-1', 'publisher-2'].map((name) => connectNats({ url: server.url, name })),
  );
  await ensureEventStream(one!);
  const log = await NatsEventLog.open(one!);
  const publishers = [await NatsEventPublisher.open(two!), await NatsEventPublisher.open(three!)] as const;
  return {
    log,
    publishers,
    close: async () => {
      log.close();
      for (const publisher of publishers) publisher.close();
      await Promise.all([one, two, three].map((nc) => nc!.close()));
      await server.stop();
    },
  };
};
eventLogContract('NATS JetStream', setUp);
eventPublisherContract('NATS JetStream', setUp);

presenceContract('NATS', async () => {
  const server = await startNatsServer({ jetstream: false });
  const [one, two] = await Promise.all([
    connectNats({ url: server.url, name: 'broadcaster' }),
    connectNats({ url: server.url, name: 'gateway' }),
  ]);
  const clock = new FakeClock();
  const pod = await NatsPresence.open(one, clock);
  const watcher = await NatsPresence.open(two, clock);
  return {
    pod,
    watcher,
    advance: (ms) => clock.advance(ms),
    close: async () => {
      pod.close();
      watcher.close();
      await Promise.all([one.close(), two.close()]);
      await server.stop();
    },
  };
});
