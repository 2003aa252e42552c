// One connection to NATS per process; all adapters share it.
import { VanaError } from '@vana/events';
import { connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';

export interface NatsOptions {
  /** One address or several, separated by commas or as a list, e.g. `nats://10.0.0.1:4222`. */
  readonly url: string | readonly string[];
  /** Shown in the server's monitoring. */
  readonly name: string;
  readonly user?: string | undefined;
  readonly pass?: string | undefined;
  readonly token?: string | undefined;
  /** The content of a `.creds` file. */
  readonly creds?: string | undefined;
  /** Certificates in PEM that the server's own must come from. */
  readonly tlsCa?: string | undefined;
  /** How long the first connection may take. Default 5,000. */
  readonly timeoutMs?: number;
}

/**
 * Connects, and from then on reconnects for ever.
 * @throws VanaError bus_unavailable when the first connection fails (details: the addresses, never credentials)
 */
export async function connectNats(options: NatsOptions): Promise<NatsConnection> {
  const { url, name, user, pass, token, creds, tlsCa, timeoutMs } = options;
  const servers = (typeof url === 'string' ? url.split(',') : [...url]).map((server) => server.trim());
  try {
    return await connect({
      servers,
      name,
      timeout: timeoutMs ?? 5_000,
      maxReconnectAttempts: -1,
      // A revoked and renewed credential must not end the process's connection for good.
      ignoreAuthErrorAbort: true,
      reconnectTimeWait: 250,
      reconnectJitter: 250,
      pingInterval: 10_000,
      noAsyncTraces: true,
      // Replies come to subjects that the server's permissions can grant to this service alone.
      inboxPrefix: `_INBOX.${name.replace(/[^\w-]/g, '-')}`,
      ...(tlsCa === undefined ? {} : { tls: { ca: tlsCa } }),
      ...(user === undefined ? {} : { user }),
      ...(pass === undefined ? {} : { pass }),
      ...(token === undefined ? {} : { token }),
      ...(creds === undefined ? {} : { authenticator: credsAuthenticator(new TextEncoder().encode(creds)) }),
    });
  } catch (cause) {
    throw new VanaError('bus_unavailable', { details: { servers: servers.map(withoutCredentials) }, cause });
  }
}

function withoutCredentials(server: string): string {
  return server.slice(server.lastIndexOf('@') + 1);
}
