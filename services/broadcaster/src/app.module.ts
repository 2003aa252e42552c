// The Nest side of the service: controllers, the guard in front of them, and the parts that they call.
import { Module, type DynamicModule } from '@nestjs/common';
import { AccessTokenModule } from '@vana/access-token';
import { PrincipalLimitsModule, type FrontDoor } from '@vana/front-door';
import type { RevocationStore } from '@vana/run-state';
import { broadcasterAdmission } from './access/broadcaster-admission.js';
import { PollController } from './poll/poll.controller.js';
import { Polls } from './poll/polls.js';
import { AgentHistory } from './replay/agent-history.js';
import { AgentHistoryController } from './replay/agent-history.controller.js';
import { EventPages } from './replay/event-pages.js';
import { SessionEventsController } from './replay/session-events.controller.js';
import { StreamOpener } from './sse/stream-opener.js';
import { StreamController } from './sse/stream.controller.js';
import type { BroadcasterSettings } from './settings.js';
import { ConnectionTokenController } from './token/connection-token.controller.js';
import { LiveStreams } from './token/live-streams.js';

export interface AppParts {
  readonly streams: StreamOpener;
  readonly polls: Polls;
  readonly pages: EventPages;
  readonly agentHistory: AgentHistory;
  readonly liveStreams: LiveStreams;
}

@Module({})
export class AppModule {
  static register(
    settings: BroadcasterSettings,
    revocations: RevocationStore,
    parts: AppParts,
    door?: FrontDoor,
  ): DynamicModule {
    const admit = broadcasterAdmission(settings);
    return {
      module: AppModule,
      imports: [
        AccessTokenModule.register(settings.accessToken, { admit, revocations }),
        ...(door === undefined ? [] : [PrincipalLimitsModule.register(settings.frontDoor, door.limits)]),
      ],
      controllers: [
        StreamController,
        ConnectionTokenController,
        PollController,
        SessionEventsController,
        AgentHistoryController,
      ],
      providers: [
        { provide: StreamOpener, useValue: parts.streams },
        { provide: Polls, useValue: parts.polls },
        { provide: EventPages, useValue: parts.pages },
        { provide: AgentHistory, useValue: parts.agentHistory },
        { provide: LiveStreams, useValue: parts.liveStreams },
      ],
    };
  }
}
