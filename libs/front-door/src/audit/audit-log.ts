// Who did what and who was refused: one JSON line each, in a stream of its own, so that it can be shipped
// apart from the service's log. Never a token, never a payload.
import { VanaError, isValidId, type Principal } from '@vana/events';
import { pino, type DestinationStream } from 'pino';

export type AuditEvent =
  | 'connect'
  | 'close'
  | 'start'
  | 'cancel'
  | 'delete'
  | 'share'
  | 'unshare'
  | 'refusal'
  | 'revocation'
  | 'sign_in'
  | 'sign_out';

export interface AuditFacts {
  readonly principal?: Principal | undefined;
  readonly session?: string | undefined;
  readonly run?: string | undefined;
  /** `METHOD pattern`, never the URL. */
  readonly route: string;
  readonly address: string;
  readonly userAgent?: string | undefined;
  readonly requestId: string;
  readonly authRequired: boolean;
  readonly accessType: 'bearer' | 'cookie' | 'anonymous' | 'none';
  readonly status?: number;
  /** Error code of a refusal. */
  readonly code?: string | undefined;
  /** Why a stream ended. */
  readonly reason?: string;
  readonly durationMs?: number;
}

const MAX_USER_AGENT = 256;
/** Clients put tokens into the strangest places. */
const TOKEN = /[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g;

export class AuditLog {
  readonly #write: (line: object) => void;
  readonly #flush: () => void;

  private constructor(write: (line: object) => void, flush: () => void = () => undefined) {
    this.#write = write;
    this.#flush = flush;
  }

  /**
   * @param target `stdout`, `off`, or a file to which lines are appended
   * @throws VanaError settings_invalid when the file cannot be written
   */
  static async open(service: string, target: string): Promise<AuditLog> {
    if (target === 'off') return new AuditLog(() => undefined);
    const destination = pino.destination({ dest: target === 'stdout' ? 1 : target, append: true, sync: false });
    try {
      await new Promise((resolve, reject) => destination.once('ready', resolve).once('error', reject));
    } catch (cause) {
      const keys = [{ key: 'AUDIT_LOG', problem: 'cannot be written' }];
      throw new VanaError('settings_invalid', { details: { keys }, cause });
    }
    destination.removeAllListeners('error');
    // A full disk must not end the service; SonicBoom tries again with the next line.
    destination.on('error', () => undefined);
    return AuditLog.to(service, destination, () => destination.flushSync());
  }

  static to(service: string, destination: DestinationStream, flush?: () => void): AuditLog {
    const log = pino(
      {
        base: { service },
        timestamp: pino.stdTimeFunctions.isoTime,
        // In place of a level, which says nothing here.
        formatters: { level: () => ({ log: 'audit' }) },
      },
      destination,
    );
    return new AuditLog((line) => log.info(line), flush);
  }

  record(event: AuditEvent, facts: AuditFacts): void {
    const { principal, session, run, route, address, userAgent, requestId, status, code, reason, durationMs } = facts;
    this.#write({
      event,
      principal: principal?.id,
      tenant: principal?.tenant,
      // What is no id may be anything.
      session: isValidId(session) ? session : undefined,
      run: isValidId(run) ? run : undefined,
      route,
      address,
      user_agent: userAgent?.slice(0, MAX_USER_AGENT).replace(TOKEN, '[token]'),
      request_id: requestId,
      authenticated: principal !== undefined && principal.anonymous !== true,
      auth_required: facts.authRequired,
      access_type: facts.accessType,
      status,
      code,
      reason,
      duration_ms: durationMs === undefined ? undefined : Math.round(durationMs),
    });
  }

  close(): void {
    this.#flush();
  }
}
