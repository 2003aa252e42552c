// Binding the port. A port that is taken is a fault with a code of its own: it is the commonest one at start.
import { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { VanaError } from '@vana/events';
import { codeOf } from './code-of.js';

/**
 * Connections that wait to be accepted, as far as the system allows. When all readers of a lost pod come at once and
 * do not fit, they are not refused but try again after 1 s, 3 s, 7 s.
 */
const BACKLOG = 4_096;

/**
 * @param port 0 takes a free one
 * @returns the base URL, e.g. `http://127.0.0.1:8080` (`https` with TLS); a wildcard host is given as the loopback address
 * @throws VanaError `port_in_use` with {host, port}
 */
export async function listen(app: NestFastifyApplication, host: string, port: number): Promise<string> {
  try {
    await app.init();
    // Fastify's listen and not Nest's: that one logs the fault before it throws it.
    await app.getHttpAdapter().getInstance().listen({ host, port, backlog: BACKLOG });
  } catch (error) {
    if (codeOf(error) === 'EADDRINUSE') {
      throw new VanaError('port_in_use', { details: { host, port }, cause: error });
    }
    throw error;
  }
  const address = app.getHttpServer().address() as AddressInfo;
  const scheme = app.getHttpServer() instanceof HttpServer ? 'http' : 'https';
  return `${scheme}://${reachableHost(host)}:${address.port}`;
}

function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
