// The gateway's adapters against a real nats-server: commands by queue group, presence, sessions.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Module, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, Payload, Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { connectNats, NatsPresence } from '@vana/event-bus-nats';
import { ORCHESTRATOR_QUEUE, VanaError, type Principal } from '@vana/events';
import { createLogger, createRegistry, systemClock } from '@vana/observability';
import { ORCHESTRATOR_PATTERNS, encodeReply } from '@vana/run-state';
import { eventually, startNatsServer, type NatsServer } from '@vana/test-kit';
import { connectAdapters, type Adapters } from './connect-adapters.js';
import { session } from './spec/gateway-world.js';

const principal: Principal = { id: 'ada', tenant: 'default', scopes: ['sessions:read'] };
let server: NatsServer;
let adapters: Adapters;
const microservices: INestMicroservice[] = [];

beforeAll(async () => {
  server = await startNatsServer();
  adapters = await connectAdapters(
    { natsUrl: server.url, redisUrl: undefined },
    createLogger('gateway', 'silent'),
    createRegistry('gateway'),
  );
});
afterEach(async () => {
  for (const microservice of microservices.splice(0)) await microservice.close();
});
afterAll(async () => {
  await adapters.close();
  await server.stop();
});

/** An orchestrator that knows one session; returns how often it was asked. */
async function startOrchestrator(): Promise<{ asked: number }> {
  const seen = { asked: 0 };

  @Controller()
  class Sessions {
    @MessagePattern(ORCHESTRATOR_PATTERNS.getSession)
    get(@Payload() command: { principal: Principal; sessionId: string }) {
      seen.asked += 1;
      return encodeReply(async () => {
        if (command.sessionId !== 'mine') throw new VanaError('session_not_found');
        return session('mine', command.principal.id);
      });
    }
  }
  @Module({ controllers: [Sessions] })
  class OrchestratorModule {}

  const microservice = await NestFactory.createMicroservice<MicroserviceOptions>(OrchestratorModule, {
    transport: Transport.NATS,
    options: { servers: server.url, queue: ORCHESTRATOR_QUEUE },
    logger: false,
  });
  await microservice.listen();
  microservices.push(microservice);
  return seen;
}

describe('commands over NATS', () => {
  it('say no_orchestrator at once when nobody listens', async () => {
    const startMs = Date.now();
    await expect(adapters.ports.commands.getSession({ principal, sessionId: 'mine' })).rejects.toMatchObject({
      code: 'no_orchestrator',
    });
    expect(Date.now() - startMs).toBeLessThan(2_000);
  });

  it('reach one orchestrator of the group, and bring its value or its error back', async () => {
    const orchestrators = [await startOrchestrator(), await startOrchestrator()];
    const { commands } = adapters.ports;
    for (let n = 0; n < 20; n++) {
      expect(await commands.getSession({ principal, sessionId: 'mine' })).toEqual(session('mine', 'ada'));
    }
    expect(orchestrators[0]!.asked + orchestrators[1]!.asked).toBe(20);
    await expect(commands.getSession({ principal, sessionId: 'other' })).rejects.toMatchObject({
      code: 'session_not_found',
    });
  });

  it('go on after the server was away', async () => {
    await startOrchestrator();
    const { commands } = adapters.ports;
    await server.restart();
    await eventually(async () => {
      const answer = await commands.getSession({ principal, sessionId: 'mine' });
      return answer.sessionId === 'mine';
    });
  });
});

describe('the other ports', () => {
  it('see broadcasters and sessions', async () => {
    const { presence, sessions } = adapters.ports;
    const nats = await connectNats({ url: server.url, name: 'broadcaster' });
    const beat = { podId: 'p1', url: 'http://127.0.0.1:1', connections: 0, maxConnections: 1, draining: false };
    const announcer = await NatsPresence.open(nats, systemClock);
    const leave = await announcer.announce(() => beat);
    await eventually(() => presence.present().some(({ podId }) => podId === 'p1'));
    await leave();
    await eventually(() => presence.present().length === 0);
    announcer.close();
    await nats.close();

    await sessions.create(session('stored', 'ada'));
    expect(await sessions.get({ tenant: 'default', sessionId: 'stored' })).toMatchObject({ owner: 'ada' });
  });
});
