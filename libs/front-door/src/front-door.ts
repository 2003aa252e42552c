// The front door of a service that clients reach: its server's limits and TLS, and the hooks that stand
// before its routes.
import type { Server as TlsServer } from 'node:tls';
import type { DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createServiceApp, systemClock, type Logger } from '@vana/observability';
import type { FastifyInstance } from 'fastify';
import { AuditLog } from './audit/audit-log.js';
import { RequestAudit } from './audit/audit-requests.js';
import type { Counters } from './limits/counters.js';
import { LimitStorage } from './limits/limit-storage.js';
import { LocalCounters } from './limits/local-counters.js';
import { limitRequests } from './limits/request-limits.js';
import { requestIdOf } from './request-id.js';
import { setSecurityHeaders } from './security-headers.js';
import type { FrontDoorSettings } from './settings.js';
import { answerLimitOnStream } from './limits/answer-on-stream.js';
import { readKeyPair, watchKeyPair, type KeyPair } from './tls/tls-files.js';

/** How often Node looks for connections that are too slow. */
const SLOWNESS_CHECK_MS = 1_000;
/** Streams of one page over one connection, and some requests beside them. */
const MAX_HTTP2_STREAMS = 256;

export interface FrontDoorOptions {
  readonly service: string;
  readonly settings: FrontDoorSettings;
  readonly logger: Logger;
  /** Shared by all pods; without them each pod counts for itself. */
  readonly counters?: Counters | undefined;
  /** False in demo mode; for the audit log. */
  readonly authRequired?: boolean;
}

export class FrontDoor {
  readonly limits: LimitStorage;
  #stopWatching: () => void = () => undefined;

  private constructor(
    private readonly options: FrontDoorOptions,
    private readonly keyPair: KeyPair | undefined,
    private readonly log: AuditLog,
    readonly audit: RequestAudit,
  ) {
    const { service, counters = new LocalCounters(systemClock) } = options;
    this.limits = new LimitStorage(counters, systemClock, service);
  }

  /** @throws VanaError settings_invalid: TLS files or the audit log's file */
  static async open(options: FrontDoorOptions): Promise<FrontDoor> {
    const { service, settings, authRequired = true } = options;
    const keyPair = settings.tls === undefined ? undefined : await readKeyPair(settings.tls);
    const log = await AuditLog.open(service, settings.auditLog);
    return new FrontDoor(options, keyPair, log, new RequestAudit(log, authRequired));
  }

  /** The application with the door in front of it, not listening yet. */
  async build(module: DynamicModule): Promise<NestFastifyApplication> {
    const { settings, logger } = this.options;
    const app = await createServiceApp(module, {
      logger,
      bodyLimitBytes: settings.maxBodyBytes,
      server: this.#serverOptions(),
      answerError: (error, request, reply) => {
        if (!answerLimitOnStream(error, request, reply)) return false;
        this.audit.refused(request, error.code);
        return true;
      },
    });
    const server: FastifyInstance = app.getHttpAdapter().getInstance();
    setSecurityHeaders(server);
    this.audit.watch(server);
    limitRequests(server, settings, this.limits);
    if (settings.tls !== undefined) {
      const tls = server.server as unknown as TlsServer;
      this.#stopWatching = watchKeyPair(settings.tls, (pair) => tls.setSecureContext(pair), logger);
    }
    return app;
  }

  /** After the application has closed. */
  close(): void {
    this.#stopWatching();
    this.log.close();
  }

  #serverOptions(): object {
    const { trustedProxies, headersTimeoutMs, requestTimeoutMs, maxHeaderBytes } = this.options.settings;
    const http = {
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: SLOWNESS_CHECK_MS,
    };
    const secure = {
      ...http,
      ...this.keyPair,
      allowHTTP1: true,
      minVersion: 'TLSv1.2',
      settings: { maxConcurrentStreams: MAX_HTTP2_STREAMS, maxHeaderListSize: maxHeaderBytes },
    };
    return {
      trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
      genReqId: requestIdOf,
      requestIdHeader: false,
      requestTimeout: requestTimeoutMs,
      ...(this.keyPair === undefined ? { http } : { http2: true, https: secure }),
    };
  }
}
