// Commands to the orchestrators over NATS, by Nest's client. A queue group of orchestrators listens; the
// bus tells at once when nobody does.
import { ClientNats, type ClientProxy } from '@nestjs/microservices';
import type { NatsConnection } from '@nats-io/transport-node';
import { VanaError } from '@vana/events';
import {
  ORCHESTRATOR_PATTERNS,
  decodeReply,
  type OrchestratorCommands,
  type RunRecord,
  type SessionRecord,
} from '@vana/run-state';
import { firstValueFrom, timeout } from 'rxjs';

const ANSWER_MS = 5_000;
/** The bus is given 15 s for an event before its outcome is called unknown. */
const PUBLISHED_MS = 20_000;

/** Nest's client over a connection that the service has already: one set of credentials and of reconnects. */
class SharedConnectionClient extends ClientNats {
  constructor(private readonly connection: NatsConnection) {
    super({});
  }

  override createClient(): Promise<NatsConnection> {
    return Promise.resolve(this.connection);
  }
}

export class NatsOrchestratorCommands implements OrchestratorCommands {
  /** The connection stays its opener's to close. */
  static over(connection: NatsConnection): NatsOrchestratorCommands {
    return new NatsOrchestratorCommands(new SharedConnectionClient(connection));
  }

  /** @param answerMs milliseconds until a silent orchestrator is given up */
  constructor(
    private readonly client: Pick<ClientProxy, 'send'>,
    private readonly answerMs = ANSWER_MS,
  ) {}

  startRun: OrchestratorCommands['startRun'] = (command) => this.#send<RunRecord>('startRun', command);
  getRun: OrchestratorCommands['getRun'] = (command) => this.#send<RunRecord>('getRun', command);
  cancelRun: OrchestratorCommands['cancelRun'] = (command) => this.#send<RunRecord>('cancelRun', command);
  createSession: OrchestratorCommands['createSession'] = (command) =>
    this.#send<SessionRecord>('createSession', command);
  getSession: OrchestratorCommands['getSession'] = (command) => this.#send<SessionRecord>('getSession', command);
  listSessions: OrchestratorCommands['listSessions'] = (command) =>
    this.#send<SessionRecord[]>('listSessions', command);
  shareSession: OrchestratorCommands['shareSession'] = (command) => this.#send<SessionRecord>('shareSession', command);
  unshareSession: OrchestratorCommands['unshareSession'] = (command) =>
    this.#send<SessionRecord>('unshareSession', command);
  renameSession: OrchestratorCommands['renameSession'] = (command) => this.#send('renameSession', command);
  getAgentNetwork: OrchestratorCommands['getAgentNetwork'] = (command) => this.#send('getAgentNetwork', command);
  retryRun: OrchestratorCommands['retryRun'] = (command) => this.#send('retryRun', command);
  postMessage: OrchestratorCommands['postMessage'] = (command) => this.#send('postMessage', command);
  regenerateMessage: OrchestratorCommands['regenerateMessage'] = (command) => this.#send('regenerateMessage', command);
  editMessage: OrchestratorCommands['editMessage'] = (command) => this.#send('editMessage', command);
  deleteMessage: OrchestratorCommands['deleteMessage'] = (command) => this.#send('deleteMessage', command);
  giveFeedback: OrchestratorCommands['giveFeedback'] = (command) => this.#send('giveFeedback', command);
  publishEvents: OrchestratorCommands['publishEvents'] = (command) =>
    this.#send('publishEvents', command, PUBLISHED_MS);
  startOutsideRun: OrchestratorCommands['startOutsideRun'] = (command) => this.#send('startOutsideRun', command);
  finishRun: OrchestratorCommands['finishRun'] = (command) => this.#send('finishRun', command);
  deleteSession: OrchestratorCommands['deleteSession'] = async (command) => {
    await this.#send('deleteSession', command);
  };

  /** @throws VanaError the command's own; no_orchestrator when no answer came: whether it was done is not known then */
  async #send<T>(name: keyof OrchestratorCommands, command: object, answerMs = this.answerMs): Promise<T> {
    let reply: unknown;
    try {
      const sent = this.client.send<unknown>(ORCHESTRATOR_PATTERNS[name], command);
      reply = await firstValueFrom(sent.pipe(timeout({ first: answerMs })));
    } catch (cause) {
      throw new VanaError('no_orchestrator', { cause });
    }
    return decodeReply<T>(reply);
  }
}
