// A listening gateway over embedded ports, with commands that only take notes, and raw requests to it.
import { developmentAccessTokenSettings, issueToken, type TokenRequest } from '@vana/access-token';
import { type VanaError, type ErrorBody, type Principal } from '@vana/events';
import { InMemoryPresence, InMemoryRevocationStore, InMemorySessionStore } from '@vana/in-memory';
import { createLogger, createRegistry, type RunningService } from '@vana/observability';
import type {
  AgentNetworkSnapshot,
  MessageChange,
  OrchestratorCommands,
  RunRecord,
  SessionRecord,
} from '@vana/run-state';
import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGateway } from '../app.module.js';
import { readGatewaySettings } from '../settings.js';

const NOW_MS = Date.UTC(2030, 0, 1);
const RUN: RunRecord = {
  tenant: 'default',
  runId: 'run-1',
  sessionId: 'mine',
  owner: 'ada',
  query: 'why?',
  status: 'queued',
  cancelRequested: false,
  createdAtMs: NOW_MS,
};

const CHANGE: MessageChange = { position: 'e-7', deletedMessageIds: ['m-2'] };
const NETWORK: AgentNetworkSnapshot = {
  ...{ timestamp: new Date(NOW_MS).toISOString(), agents: {}, relationships: [], hierarchy: {} },
  ...{ execution_stack: [], active_agents: [], data_dependencies: {} },
};

export function session(sessionId: string, owner: string, more: Partial<SessionRecord> = {}): SessionRecord {
  return {
    tenant: 'default',
    sessionId,
    owner,
    readers: [],
    title: 'Title',
    createdAtMs: NOW_MS,
    updatedAtMs: NOW_MS,
    ...more,
  };
}

/** Every command is noted and succeeds, unless `fails` says otherwise. */
class NotingCommands implements OrchestratorCommands {
  readonly calls: { name: keyof OrchestratorCommands; command: { principal: Principal } & Record<string, unknown> }[] =
    [];
  fails: VanaError | undefined;

  startRun: OrchestratorCommands['startRun'] = (command) => this.#note('startRun', command, RUN);
  getRun: OrchestratorCommands['getRun'] = (command) => this.#note('getRun', command, RUN);
  cancelRun: OrchestratorCommands['cancelRun'] = (command) =>
    this.#note('cancelRun', command, { ...RUN, cancelRequested: true });
  createSession: OrchestratorCommands['createSession'] = (command) =>
    this.#note('createSession', command, session(command.sessionId ?? 'made-up', command.principal.id));
  getSession: OrchestratorCommands['getSession'] = (command) =>
    this.#note('getSession', command, session(command.sessionId, 'ada', { readers: ['bob'], activeRunId: 'run-1' }));
  listSessions: OrchestratorCommands['listSessions'] = (command) =>
    this.#note('listSessions', command, [session('mine', 'ada')]);
  deleteSession: OrchestratorCommands['deleteSession'] = (command) => this.#note('deleteSession', command, undefined);
  shareSession: OrchestratorCommands['shareSession'] = (command) =>
    this.#note('shareSession', command, session(command.sessionId, 'ada', { readers: [command.reader] }));
  unshareSession: OrchestratorCommands['unshareSession'] = (command) =>
    this.#note('unshareSession', command, session(command.sessionId, 'ada'));

  renameSession: OrchestratorCommands['renameSession'] = (command) =>
    this.#note('renameSession', command, session(command.sessionId, 'ada', { title: command.title }));
  getAgentNetwork: OrchestratorCommands['getAgentNetwork'] = (command) =>
    this.#note('getAgentNetwork', command, NETWORK);
  retryRun: OrchestratorCommands['retryRun'] = (command) => this.#note('retryRun', command, RUN);
  postMessage: OrchestratorCommands['postMessage'] = (command) =>
    this.#note('postMessage', command, { messageId: 'm-1', runId: 'run-1' });
  regenerateMessage: OrchestratorCommands['regenerateMessage'] = (command) =>
    this.#note('regenerateMessage', command, RUN);
  editMessage: OrchestratorCommands['editMessage'] = (command) => this.#note('editMessage', command, CHANGE);
  deleteMessage: OrchestratorCommands['deleteMessage'] = (command) => this.#note('deleteMessage', command, CHANGE);
  giveFeedback: OrchestratorCommands['giveFeedback'] = (command) =>
    this.#note('giveFeedback', command, { ...CHANGE, feedbackId: 'f-1' });
  publishEvents: OrchestratorCommands['publishEvents'] = (command) =>
    this.#note('publishEvents', command, { positions: command.events.map((_, n) => `e-${n + 1}`), duplicates: 0 });
  startOutsideRun: OrchestratorCommands['startOutsideRun'] = (command) => this.#note('startOutsideRun', command, RUN);
  finishRun: OrchestratorCommands['finishRun'] = (command) =>
    this.#note('finishRun', command, { ...RUN, status: command.status });

  async #note<T>(name: keyof OrchestratorCommands, command: object, value: T): Promise<T> {
    this.calls.push({ name, command: command as { principal: Principal } });
    if (this.fails) throw this.fails;
    return value;
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Of an `ErrorBody`. */
  readonly code: string | undefined;
}

export class GatewayWorld {
  readonly tokens = developmentAccessTokenSettings();
  readonly commands = new NotingCommands();
  readonly sessions = new InMemorySessionStore();
  readonly presence = new InMemoryPresence();
  readonly revocations = new InMemoryRevocationStore();
  /** The service's own log. */
  readonly logged: string[] = [];
  readonly internalSecret = 'internal-secret-of-the-gateway-world';
  /** Paths that reached the broadcaster. */
  readonly relayed: string[] = [];
  #gateway: RunningService | undefined;
  #broadcaster: Server | undefined;

  get url(): string {
    return this.#gateway!.url;
  }

  async start(env: Record<string, string> = {}): Promise<void> {
    const { key, issuer, audience } = this.tokens;
    const secret = key.algorithm === 'HS256' ? key.secret : '';
    const settings = readGatewaySettings({
      PORT: '0',
      JWT_SECRET: secret,
      INTERNAL_JWT_SECRET: this.internalSecret,
      JWT_ISSUER: issuer,
      JWT_AUDIENCE: audience,
      AUDIT_LOG: 'off',
      ...env,
    });
    const { commands, sessions, revocations, presence } = this;
    const logger = createLogger('gateway', 'debug', { write: (line) => void this.logged.push(line) });
    this.#gateway = await createGateway(
      { commands, sessions, revocations, presence, logger, registry: createRegistry('gateway') },
      settings,
    );
    await sessions.create(session('mine', 'ada'));
    await sessions.create(session('foreign', 'eve'));
    await sessions.create(session('gone', 'ada'));
    await sessions.create(session('gone-foreign', 'eve'));
    for (const sessionId of ['gone', 'gone-foreign']) await sessions.remove({ tenant: 'default', sessionId }, NOW_MS);
  }

  /** Announces a broadcaster that answers with `listener`. */
  async addBroadcaster(listener: RequestListener): Promise<void> {
    const server = createServer((request, response) => {
      this.relayed.push(request.url ?? '');
      listener(request, response);
    });
    this.#broadcaster = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await this.presence.announce(() => ({ podId: 'pod', url, connections: 0, maxConnections: 9, draining: false }));
  }

  token(change: Partial<TokenRequest> = {}): Promise<string> {
    const scopes = ['sessions:read', 'sessions:write', 'runs:start'] as const;
    return issueToken(this.tokens, { sub: 'ada', scopes, expiresInS: 60, ...change });
  }

  /** Sends the path exactly as it is written: fetch would tidy it up. */
  async send(method: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<Answer> {
    const { hostname, port } = new URL(this.url);
    return new Promise((resolve, reject) => {
      // Node says nothing of a body's length with DELETE, and the body would be taken for a second request.
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const sent = { ...length, ...headers };
      const request = httpRequest({ hostname, port, path, method, headers: sent, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, code: codeOf(text) });
        });
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  /** As ada, with all scopes. */
  async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
    return this.send(method, path, { authorization: `Bearer ${await this.token()}`, ...json, ...headers }, text);
  }

  async close(): Promise<void> {
    await this.#gateway?.close();
  }

  async stop(): Promise<void> {
    await this.close();
    const server = this.#broadcaster;
    if (server === undefined) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
}

function codeOf(text: string): string | undefined {
  if (!text.startsWith('{"error"')) return undefined;
  return (JSON.parse(text) as ErrorBody).error.code;
}
