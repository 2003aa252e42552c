// The Nest side of the service: controllers, the guard in front of them, and the parts that they call.
import { Module, type DynamicModule } from '@nestjs/common';
import { AccessTokenModule, type AccessTokenSettings } from '@vana/access-token';
import { PollController } from './poll/poll.controller.js';
import { Polls } from './poll/polls.js';
import { AgentHistory } from './replay/agent-history.js';
import { AgentHistoryController } from './replay/agent-history.controller.js';
import { EventPages } from './replay/event-pages.js';
import { SessionEventsController } from './replay/session-events.controller.js';
import { StreamOpener } from './sse/stream-opener.js';
import { StreamController } from './sse/stream.controller.js';

export interface AppParts {
  readonly streams: StreamOpener;
  readonly polls: Polls;
  readonly pages: EventPages;
  readonly agentHistory: AgentHistory;
}

@Module({})
export class AppModule {
  static register(accessToken: AccessTokenSettings, parts: AppParts): DynamicModule {
    return {
      module: AppModule,
      imports: [AccessTokenModule.register(accessToken)],
      controllers: [StreamController, PollController, SessionEventsController, AgentHistoryController],
      providers: [
        { provide: StreamOpener, useValue: parts.streams },
        { provide: Polls, useValue: parts.polls },
        { provide: EventPages, useValue: parts.pages },
        { provide: AgentHistory, useValue: parts.agentHistory },
      ],
    };
  }
}
