// Commands over NATS: each is parsed, given to the commands, answered with its value or its error.
import { Controller, Inject } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { encodeReply, ORCHESTRATOR_PATTERNS, type CommandReply, type OrchestratorCommands } from '@vana/run-state';
import {
  createSessionSchema,
  editMessageSchema,
  feedbackSchema,
  finishRunSchema,
  listSessionsSchema,
  messageSchema,
  parseCommand,
  postMessageSchema,
  publishEventsSchema,
  readerSchema,
  regenerateSchema,
  renameSessionSchema,
  runSchema,
  sessionSchema,
  startOutsideRunSchema,
  startRunSchema,
} from './command-schemas.js';

export const COMMANDS = Symbol('OrchestratorCommands');
/** Gets what went wrong in a command and is no error of ours: `(error: unknown) => void`. */
export const ON_FAULT = Symbol('onFault');

@Controller()
export class CommandsController {
  constructor(
    @Inject(COMMANDS) private readonly commands: OrchestratorCommands,
    @Inject(ON_FAULT) private readonly onFault: (error: unknown) => void,
  ) {}

  @MessagePattern(ORCHESTRATOR_PATTERNS.startRun)
  startRun(@Payload() payload: unknown) {
    return this.#answer(() => this.commands.startRun(parseCommand(startRunSchema, payload)));
  }

  @MessagePattern(ORCHESTRATOR_PATTERNS.getRun)
  getRun(@Payload() payload: unknown) {
    return this.#answer(() => this.commands.getRun(parseCommand(runSchema, payload)));
  }

  @MessagePattern(ORCHESTRATOR_PATTERNS.cancelRun)
  cancelRun(@Payload() payload: unknown) {
    return this.#answer(() => this.commands.cancelRun(parseCommand(runSchema, payload)));
  }

  @MessagePattern(ORCHESTRATOR_PATTERNS.createSession)
  createSession(@Payload() payload: unknown) {
    return this.#answer(() => this.commands.createSession(parseCommand(createSessionSchema, payload)));
  }

  @MessagePattern(ORCHESTRATOR_PATTERNS.getSession)
  getSession(@Payload() payload: unknown) {
    return this.#answer(() => this.commands.getSession(parseCommand(sessionSchema, payload)));
  }

  @MessagePattern(ORCHESTRATOR_PATTERNS.listSessions)
  listSessions(@Payload() payload: unknown) {
    return this.#answer(() => this.commands.listSessions(parseCommand(listSessionsSchema, payload)));
  }

  @MessagePattern(ORCHESTRATOR_PATTERNS.deleteSession)
  deleteSession(@Payload() payload: unknown) {
    return this.#answer(() => this.commands.deleteSession(parseCommand(sessionSchema, payload)));
  }

  @MessagePattern(ORCHESTRATOR_PATTERNS.shareSession)
  shareSession(@Payload() payload: unknown) {
    return this.#answer(() => this.commands.shareSession(parseCommand(readerSchema, payload)));
  }

  @MessagePattern(ORCHESTRATOR_PATTERNS.unshareSession)
  unshareSession(@Payload() payload: unknown) {
    return this.#answer(() => this.commands.unshareSession(parseCommand(readerSchema, payload)));
  }

  @MessagePattern(ORCHESTRATOR_PATTERNS.renameSession)
  renameSession(@Payload() payload: unknown) {
    return this.#answer(() => this.commands.renameSession(parseCommand(renameSessionSchema, payload)));
  }

  @MessagePattern(ORCHESTRATOR_PATTERNS.getAgentNetwork)
  getAgentNetwork(@Payload() payload: unknown) {
    return this.#answer(() => this.commands.getAgentNetwork(parseCommand(sessionSchema, payload)));
  }

  @MessagePattern(ORCHESTRATOR_PATTERNS.retryRun)
  retryRun(@Payload() payload: unknown) {
    return this.#answer(() => this.commands.retryRun(parseCommand(runSchema, payload)));
  }

  @MessagePattern(ORCHESTRATOR_PATTERNS.postMessage)
  postMessage(@Payload() payload: unknown) {
    return this.#answer(() => this.commands.postMessage(parseCommand(postMessageSchema, payload)));
  }

  @MessagePattern(ORCHESTRATOR_PATTERNS.regenerateMessage)
  regenerateMessage(@Payload() payload: unknown) {
    return this.#answer(() => this.commands.regenerateMessage(parseCommand(regenerateSchema, payload)));
  }

  @MessagePattern(ORCHESTRATOR_PATTERNS.editMessage)
  editMessage(@Payload() payload: unknown) {
    return this.#answer(() => this.commands.editMessage(parseCommand(editMessageSchema, payload)));
  }

  @MessagePattern(ORCHESTRATOR_PATTERNS.deleteMessage)
  deleteMessage(@Payload() payload: unknown) {
    return this.#answer(() => this.commands.deleteMessage(parseCommand(messageSchema, payload)));
  }

  @MessagePattern(ORCHESTRATOR_PATTERNS.giveFeedback)
  giveFeedback(@Payload() payload: unknown) {
    return this.#answer(() => this.commands.giveFeedback(parseCommand(feedbackSchema, payload)));
  }

  @MessagePattern(ORCHESTRATOR_PATTERNS.publishEvents)
  publishEvents(@Payload() payload: unknown) {
    return this.#answer(() => this.commands.publishEvents(parseCommand(publishEventsSchema, payload)));
  }

  @MessagePattern(ORCHESTRATOR_PATTERNS.startOutsideRun)
  startOutsideRun(@Payload() payload: unknown) {
    return this.#answer(() => this.commands.startOutsideRun(parseCommand(startOutsideRunSchema, payload)));
  }

  @MessagePattern(ORCHESTRATOR_PATTERNS.finishRun)
  finishRun(@Payload() payload: unknown) {
    return this.#answer(() => this.commands.finishRun(parseCommand(finishRunSchema, payload)));
  }

  #answer<T>(command: () => Promise<T>): Promise<CommandReply<T>> {
    return encodeReply(async () => command(), this.onFault);
  }
}
