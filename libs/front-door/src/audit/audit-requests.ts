// Writes the audit lines that can be told from a request and its answer; streams take the reply over and
// tell of themselves.
import { ERROR_CODES, errorBodySchema, type ErrorCategory, type ErrorCode, type Principal } from '@vana/events';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AuditEvent, AuditFacts, AuditLog } from './audit-log.js';

/** By method and route pattern; told when the answer is a good one. */
const EVENTS: Readonly<Record<string, AuditEvent>> = {
  'POST /api/run_sse/:session_id': 'start',
  'DELETE /api/runs/:run_id': 'cancel',
  'DELETE /api/sessions/:session_id': 'delete',
  'PUT /api/sessions/:session_id/readers/:principal': 'share',
  'DELETE /api/sessions/:session_id/readers/:principal': 'unshare',
  'POST /auth/revocations': 'revocation',
  'POST /auth/session': 'sign_in',
  'DELETE /auth/session': 'sign_out',
};
/** What is not allowed, or not there for the caller, or too much. A malformed request is no attempt at anything. */
const REFUSALS: ReadonlySet<ErrorCategory> = new Set(['authentication', 'authorization', 'not_found', 'rate_limit']);

export class RequestAudit {
  readonly #codes = new WeakMap<FastifyRequest, ErrorCode>();
  readonly #accessTypes = new WeakMap<FastifyRequest, AuditFacts['accessType']>();

  constructor(
    private readonly log: AuditLog,
    private readonly authRequired: boolean,
  ) {}

  /** Call before routes are registered, and before hooks that change a request's headers. */
  watch(server: FastifyInstance): void {
    server.addHook('onRequest', (request, _reply, done) => {
      const { authorization, cookie } = request.headers;
      const type = authorization !== undefined ? 'bearer' : cookie !== undefined ? 'cookie' : 'none';
      this.#accessTypes.set(request, type);
      done();
    });
    server.addHook('preSerialization', (request, reply, payload, done) => {
      if (reply.statusCode >= 400) this.refused(request, errorBodySchema.safeParse(payload).data?.error.code);
      done(null, payload);
    });
    server.addHook('onResponse', (request, reply, done) => {
      this.#answered(request, reply);
      done();
    });
  }

  /** Remembers the code of a refusal; the line is written with the answer. */
  refused(request: FastifyRequest, code: ErrorCode | undefined): void {
    if (code !== undefined) this.#codes.set(request, code);
  }

  record(event: AuditEvent, request: FastifyRequest, more: Partial<AuditFacts> = {}): void {
    const { principal } = request as FastifyRequest & { principal?: Principal };
    const params = request.params as { session_id?: string; run_id?: string } | null;
    this.log.record(event, {
      principal,
      session: params?.session_id,
      run: params?.run_id,
      route: routeOf(request),
      address: request.ip,
      userAgent: request.headers['user-agent'],
      requestId: request.id,
      authRequired: this.authRequired,
      accessType: principal?.anonymous === true ? 'anonymous' : (this.#accessTypes.get(request) ?? 'none'),
      ...more,
    });
  }

  #answered(request: FastifyRequest, reply: FastifyReply): void {
    const code = this.#codes.get(request);
    const status = reply.statusCode;
    if (code !== undefined) {
      if (isRefusal(code)) this.record('refusal', request, { status, code });
      return;
    }
    const event = EVENTS[routeOf(request)];
    if (event !== undefined && status < 300) this.record(event, request, { status });
  }
}

/** An unknown route is nobody's resource. */
function isRefusal(code: ErrorCode): boolean {
  return code !== 'not_found' && REFUSALS.has(ERROR_CODES[code].category);
}

function routeOf(request: FastifyRequest): string {
  return `${request.method} ${request.routeOptions.url ?? 'unknown'}`;
}
