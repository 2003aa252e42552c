// Who may do what: every published route against every kind of caller, through all services.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HTTP_ROUTES, SCOPES, type HttpRoute } from '@vana/events';
import { eventually } from '@vana/test-kit';
import { TenantWorld, type Ask } from './spec/tenant-world.js';

const world = new TenantWorld();
beforeAll(() => world.start());
afterAll(() => world.stop());

/** What a cell of the matrix is asked about: ada's, and new each time. */
interface Scene {
  readonly sessionId: string;
  readonly runId: string;
  readonly connectionId: string;
  /** Nobody has answered it. */
  readonly messageId: string;
  close(): void;
}

const STRANGERS = '404 session_not_found';
const SESSION_READ = [STRANGERS, STRANGERS, '200', STRANGERS] as const;
const SESSION_WRITE = [STRANGERS, STRANGERS, STRANGERS, STRANGERS] as const;
const RUN_READ = ['404 run_not_found', '404 run_not_found', '200', '404 run_not_found'] as const;
const RUN_WRITE = ['404 run_not_found', '404 run_not_found', '404 run_not_found', '404 run_not_found'] as const;
const OWN = ['200', '200', '200', '200'] as const;
const CONNECTION = [
  '404 connection_not_found',
  '404 connection_not_found',
  '404 connection_not_found',
  '404 connection_not_found',
] as const;
const PUBLIC = ['204', '204', '204', '204'] as const;

interface Row {
  readonly path: (scene: Scene) => string | Promise<string>;
  readonly json?: (scene: Scene) => unknown;
  /** [the same principal of another tenant, a stranger, a reader, one who was a reader] */
  readonly others: readonly [string, string, string, string];
  readonly owner: string;
}

/** By operation id; a route that is missing here fails the spec. */
const ROWS: Readonly<Record<string, Row>> = {
  // A session id means nothing outside its tenant: there, this starts a session of its own.
  startRun: {
    path: (s) => `/api/run_sse/${s.sessionId}`,
    json: () => ({ query: 'events=1', on_active: 'cancel' }),
    others: ['202', STRANGERS, STRANGERS, STRANGERS],
    owner: '202',
  },
  followResearch: { path: (s) => `/api/run_sse/${s.sessionId}`, others: SESSION_READ, owner: '200' },
  followAgents: { path: (s) => `/agent_network_sse/${s.sessionId}`, others: SESSION_READ, owner: '200' },
  followChannels: { path: (s) => `/api/stream/${s.sessionId}`, others: SESSION_READ, owner: '200' },
  followAsBrowser: { path: (s) => `/api/sse/stream/${s.sessionId}`, others: SESSION_READ, owner: '200' },
  followByPath: { path: (s) => `/api/sse?path=/api/stream/${s.sessionId}`, others: SESSION_READ, owner: '200' },
  extendConnection: { path: (s) => `/api/stream/${s.connectionId}/token`, others: CONNECTION, owner: '200' },
  poll: { path: (s) => `/api/poll/${s.sessionId}?wait=0`, others: SESSION_READ, owner: '200' },
  listSessions: { path: () => '/api/sessions', others: OWN, owner: '200' },
  createSession: { path: () => '/api/sessions', json: () => ({}), others: ['201', '201', '201', '201'], owner: '201' },
  getSession: { path: (s) => `/api/sessions/${s.sessionId}`, others: SESSION_READ, owner: '200' },
  deleteSession: { path: (s) => `/api/sessions/${s.sessionId}`, others: SESSION_WRITE, owner: '204' },
  shareSession: { path: (s) => `/api/sessions/${s.sessionId}/readers/dan`, others: SESSION_WRITE, owner: '204' },
  unshareSession: { path: (s) => `/api/sessions/${s.sessionId}/readers/bob`, others: SESSION_WRITE, owner: '204' },
  listEvents: { path: (s) => `/api/sessions/${s.sessionId}/events`, others: SESSION_READ, owner: '200' },
  getRun: { path: (s) => `/api/runs/${s.runId}`, others: RUN_READ, owner: '200' },
  cancelRun: { path: (s) => `/api/runs/${s.runId}`, others: RUN_WRITE, owner: '200' },
  listAgentEvents: { path: () => '/agent_network_history', others: OWN, owner: '200' },
  renameSession: {
    path: (s) => `/api/sessions/${s.sessionId}`,
    json: () => ({ title: 'New' }),
    others: SESSION_WRITE,
    owner: '200',
  },
  getAgentNetwork: { path: (s) => `/api/sessions/${s.sessionId}/agent-network`, others: SESSION_READ, owner: '200' },
  postMessage: {
    path: (s) => `/api/sessions/${s.sessionId}/messages`,
    json: () => ({ content: 'a', respond: false }),
    others: ['202', STRANGERS, STRANGERS, STRANGERS],
    owner: '202',
  },
  // The message is a question: there is nothing to be written anew. Only the owner is told so.
  regenerateMessage: {
    path: (s) => `/api/messages/${s.messageId}/regenerate`,
    json: (s) => ({ session_id: s.sessionId }),
    others: SESSION_WRITE,
    owner: '404 message_not_found',
  },
  editMessage: {
    path: (s) => `/api/messages/${s.messageId}`,
    json: (s) => ({ session_id: s.sessionId, content: 'b' }),
    others: SESSION_WRITE,
    owner: '200',
  },
  deleteMessage: {
    path: (s) => `/api/messages/${s.messageId}?session_id=${s.sessionId}`,
    others: SESSION_WRITE,
    owner: '200',
  },
  giveFeedback: {
    path: (s) => `/api/messages/${s.messageId}/feedback`,
    json: (s) => ({ session_id: s.sessionId, type: 'upvote' }),
    others: SESSION_READ,
    owner: '200',
  },
  publishEvents: {
    path: (s) => `/api/events/${s.sessionId}`,
    json: () => ({ type: 'x.spec.note', id: 'n1', data: {} }),
    others: SESSION_WRITE,
    owner: '200',
  },
  startOutsideRun: {
    path: () => '/api/runs',
    json: (s) => ({ session_id: s.sessionId, query: 'why?' }),
    others: ['201', STRANGERS, STRANGERS, STRANGERS],
    owner: '201',
  },
  finishRun: {
    path: async (s) => `/api/runs/${await ownRun(s)}/finish`,
    json: () => ({}),
    others: RUN_WRITE,
    owner: '200',
  },
  retryRun: { path: (s) => `/api/runs/${s.runId}/retry`, others: RUN_WRITE, owner: '202' },
  signIn: { path: () => '/auth/session', others: OWN, owner: '200' },
  signOut: { path: () => '/auth/session', others: PUBLIC, owner: '204' },
  revoke: {
    path: () => '/auth/revocations',
    json: () => ({ token_id: 'nobody’s' }),
    others: ['201', '201', '201', '201'],
    owner: '201',
  },
};

const [OTHER_TENANT, STRANGER, READER, UNSHARED] = [0, 1, 2, 3] as const;
type Expected = (route: HttpRoute, row: Row) => string;
const refused: Expected = (route, row) => (route.scope === undefined ? row.owner : '401 unauthenticated');
const scopes = (route: HttpRoute) => (route.scope === undefined ? [] : [route.scope]);

const CALLERS: readonly [string, (route: HttpRoute) => Promise<string | undefined>, Expected][] = [
  ['no token', async () => undefined, refused],
  ['an expired token', (route) => world.token('ada', { scopes: scopes(route), expiresInS: -60 }), refused],
  [
    'a token for another audience',
    (route) => world.token('ada', { scopes: scopes(route), audience: 'other' }),
    refused,
  ],
  ['a revoked token', (route) => revoked(route), refused],
  [
    'a token without the scope',
    (route) => world.token('ada', { scopes: SCOPES.filter((scope) => scope !== route.scope) }),
    (route, row) => (route.scope === undefined ? row.owner : '403 insufficient_scope'),
  ],
  [
    'another tenant',
    (route) => world.token('ada', { scopes: scopes(route), tenant: 'other' }),
    (_, row) => row.others[OTHER_TENANT],
  ],
  ['a stranger', (route) => world.token('eve', { scopes: scopes(route) }), (_, row) => row.others[STRANGER]],
  ['a reader', (route) => world.token('bob', { scopes: scopes(route) }), (_, row) => row.others[READER]],
  [
    'one who was a reader',
    (route) => world.token('carol', { scopes: scopes(route) }),
    (_, row) => row.others[UNSHARED],
  ],
  ['the owner', (route) => world.token('ada', { scopes: scopes(route) }), (_, row) => row.owner],
];

async function revoked(route: HttpRoute): Promise<string> {
  const token = await world.token('ada', { scopes: scopes(route) });
  const { jti } = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { jti: string };
  const admin = await world.token('root', { scopes: ['admin'] });
  const answer = await world.ask('/auth/revocations', { method: 'POST', token: admin, json: { token_id: jti } });
  expect(answer.status).toBe(201);
  return token;
}

/** A run that ada works on herself. */
async function ownRun({ sessionId }: Scene): Promise<string> {
  const json = { session_id: sessionId, query: 'why?' };
  const run = await world.ask('/api/runs', { method: 'POST', token: await world.token('ada'), json });
  expect(run.status).toBe(201);
  return String(run.body['run_id']);
}

async function scene(): Promise<Scene> {
  const token = await world.token('ada');
  const sessionId = randomUUID();
  const ask = async (method: string, path: string, more: Ask = {}) => {
    const answer = await world.ask(path, { method, token, ...more });
    expect(answer.status).toBeLessThan(300);
    return answer.body;
  };
  const run = await ask('POST', `/api/run_sse/${sessionId}`, { json: { query: 'events=1' } });
  const runId = String(run['run_id']);
  await eventually(async () => (await ask('GET', `/api/runs/${runId}`))['status'] === 'completed');
  const message = await ask('POST', `/api/sessions/${sessionId}/messages`, { json: { content: 'a', respond: false } });
  for (const reader of ['bob', 'carol']) await ask('PUT', `/api/sessions/${sessionId}/readers/${reader}`);
  await ask('DELETE', `/api/sessions/${sessionId}/readers/carol`);
  const stream = await world.open(`/api/stream/${sessionId}`, { token });
  let text = '';
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (text.includes('connectionId')) break;
  }
  const connectionId = /"connectionId":"([^"]+)"/.exec(text)![1]!;
  const messageId = String(message['message_id']);
  return { sessionId, runId, messageId, connectionId, close: () => void stream.destroy() };
}

describe('the matrix', () => {
  it('has a row for every published route', () => {
    expect(Object.keys(ROWS).sort()).toEqual(HTTP_ROUTES.map(({ operationId }) => operationId).sort());
  });

  describe.each(CALLERS)('%s', (_caller, tokenOf, expected) => {
    it.each(HTTP_ROUTES.map((route) => [`${route.method.toUpperCase()} ${route.path}`, route] as const))(
      '%s',
      async (_name, route) => {
        const row = ROWS[route.operationId]!;
        const [about, token] = [await scene(), await tokenOf(route)];
        const { status, code } = await world.ask(await row.path(about), {
          method: route.method.toUpperCase(),
          token,
          json: row.json?.(about),
        });
        about.close();
        expect(code === undefined ? `${status}` : `${status} ${code}`).toBe(expected(route, row));
      },
    );
  });
});
