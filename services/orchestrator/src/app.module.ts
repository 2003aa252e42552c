// The Nest side of the service: the controller of the commands. Ops routes are plain Fastify.
import { Module, type DynamicModule } from '@nestjs/common';
import type { OrchestratorCommands } from '@vana/run-state';
import { COMMANDS, CommandsController, ON_FAULT } from './commands/commands.controller.js';

@Module({})
export class AppModule {
  static register(commands: OrchestratorCommands, onFault: (error: unknown) => void): DynamicModule {
    return {
      module: AppModule,
      controllers: [CommandsController],
      providers: [
        { provide: COMMANDS, useValue: commands },
        { provide: ON_FAULT, useValue: onFault },
      ],
    };
  }
}
