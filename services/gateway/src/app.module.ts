// Composition root: the gateway over the ports that it is given.
import { Module, type DynamicModule } from '@nestjs/common';
import fastifyCookie from '@fastify/cookie';
import { AccessTokenModule, anonymousAdmission, logRefusal, maxTokenLifeMs, userTokenCheck } from '@vana/access-token';
import { openApiDocument } from '@vana/events';
import { ConnectionQuota, FrontDoor, PrincipalLimitsModule } from '@vana/front-door';
import { listen, registerOps, systemClock, type RunningService } from '@vana/observability';
import { CallTokens } from './auth/call-tokens.js';
import { ConnectionTokenController } from './auth/connection-token.controller.js';
import { gatewayAdmission, sessionIdsOf } from './auth/gateway-admission.js';
import { LiveConnections } from './auth/live-connections.js';
import { RevocationsController } from './auth/revocations.controller.js';
import { BrowserSessionController } from './browser/browser-session.controller.js';
import { BrowserSessions } from './browser/browser-sessions.js';
import { BrowserStreamsController } from './browser/browser-streams.controller.js';
import { GatewayDrain } from './drain/gateway-drain.js';
import { KeptConnections } from './drain/kept-connections.js';
import { countRefusals } from './metrics/count-refusals.js';
import { GatewayMetrics } from './metrics/gateway-metrics.js';
import { serveChatPage } from './pages/chat-page.js';
import { COMMANDS, MAX_TOKEN_LIFE_MS, REVOCATIONS, type GatewayPorts } from './ports.js';
import { BroadcasterRelay } from './relay/broadcaster-relay.js';
import { MessagesController } from './messages/messages.controller.js';
import { acceptEventLines } from './outside/event-lines.js';
import { OutsideController } from './outside/outside.controller.js';
import { RunsController } from './runs/runs.controller.js';
import { SessionsController } from './sessions/sessions.controller.js';
import type { GatewaySettings } from './settings.js';
import { SessionRelay } from './streams/session-relay.js';
import { StreamsController } from './streams/streams.controller.js';

/** As long as a broadcaster waits for a reader that takes nothing. */
const STALL_MS = 10_000;
/** How long the start waits for the first broadcaster to answer; without one, streams are told to come back. */
const DISCOVER_MS = 500;
/** What a close takes at most besides waiting for others and letting readers go. */
const CLOSE_REST_MS = 10_000;

@Module({})
class GatewayModule {
  static over(
    { commands, sessions, revocations, presence }: GatewayPorts,
    settings: GatewaySettings,
    broadcasters: BroadcasterRelay,
    door: FrontDoor,
    drain: GatewayDrain,
  ): DynamicModule {
    const connections = new ConnectionQuota(settings);
    const callTokens = new CallTokens(settings.internalSecret);
    const relay = new SessionRelay({ sessions, broadcasters, connections, callTokens, audit: door.audit, drain });
    const browsers = new BrowserSessions({ secret: settings.internalSecret, allowOrigins: settings.allowOrigins });
    const admit = gatewayAdmission({
      tokens: userTokenCheck(settings.accessToken),
      browsers,
      anonymous: settings.demoMode ? anonymousAdmission(sessionIdsOf) : undefined,
      onRefused: logRefusal,
    });
    return {
      module: GatewayModule,
      imports: [
        AccessTokenModule.register(settings.accessToken, { admit, revocations, sessionIdsOf }),
        PrincipalLimitsModule.register(settings.frontDoor, door.limits),
      ],
      controllers: [
        StreamsController,
        BrowserStreamsController,
        ConnectionTokenController,
        RunsController,
        OutsideController,
        MessagesController,
        SessionsController,
        BrowserSessionController,
        RevocationsController,
      ],
      providers: [
        { provide: COMMANDS, useValue: commands },
        { provide: SessionRelay, useValue: relay },
        { provide: BrowserSessions, useValue: browsers },
        { provide: LiveConnections, useValue: new LiveConnections(presence, callTokens) },
        { provide: REVOCATIONS, useValue: revocations },
        { provide: MAX_TOKEN_LIFE_MS, useValue: maxTokenLifeMs(settings.accessToken) },
      ],
    };
  }
}

/** The application and its relay, not listening yet. */
export async function buildGateway(ports: GatewayPorts, settings: GatewaySettings) {
  const { presence, logger, registry, counters, ready = async () => ({}) } = ports;
  const metrics = new GatewayMetrics(registry);
  const times = { firstByteMs: settings.firstByteMs, stallMs: STALL_MS };
  const drain = new GatewayDrain(settings, systemClock, logger);
  const relay = new BroadcasterRelay(presence, systemClock, metrics, times);
  const door = await FrontDoor.open({
    service: 'gateway',
    settings: settings.frontDoor,
    logger,
    counters,
    authRequired: !settings.demoMode,
  });
  const app = await door.build(GatewayModule.over(ports, settings, relay, door, drain));
  await app.register(fastifyCookie);
  acceptEventLines(app.getHttpAdapter().getInstance());
  const kept = new KeptConnections(app.getHttpAdapter().getInstance());
  countRefusals(app.getHttpAdapter().getInstance(), metrics);
  if (settings.allowOrigins.length > 0) {
    const methods = ['GET', 'POST', 'PUT', 'DELETE'];
    // With credentials: these origins are named, and the cookie's own checks let nobody else use it.
    app.enableCors({ origin: [...settings.allowOrigins], credentials: true, methods, maxAge: 600 });
  }
  const isReady = async () => ({ ...(await ready()), accepting: drain.leaving ? 'down' : 'up' }) as const;
  await serveChatPage(app.getHttpAdapter().getInstance());
  registerOps(app, { registry, ready: isReady, openapi: openApiDocument() });
  return { app, door, relay, drain: () => drain.run(relay, kept) };
}

/** Starts the service; resolves when it listens. @throws VanaError port_in_use | settings_invalid */
export async function createGateway(ports: GatewayPorts, settings: GatewaySettings): Promise<RunningService> {
  const { app, door, relay, drain } = await buildGateway(ports, settings);
  await ports.presence.discover(DISCOVER_MS).catch((error: unknown) => {
    ports.logger.warn({ err: error }, 'broadcasters could not be asked for');
  });
  const url = await listen(app, settings.host, settings.port);
  ports.logger.info({ url }, 'gateway listens');
  const close = async (): Promise<void> => {
    await drain();
    await app.close();
    relay.closeAll();
    door.close();
  };
  let closing: Promise<void> | undefined;
  const closesWithinMs = settings.preDrainMs + settings.drainMs + CLOSE_REST_MS;
  return { url, closesWithinMs, close: () => (closing ??= close()) };
}
