// Clients keep their connections, and would come back over them to the very pod that is leaving, however well a
// balancer chooses.
import type { FastifyInstance } from 'fastify';
import type { ServerHttp2Session } from 'node:http2';

export class KeptConnections {
  readonly #sessions = new Set<ServerHttp2Session>();
  #letGo = false;

  /** Call before the server listens. */
  constructor(server: FastifyInstance) {
    server.addHook('onRequest', (_request, reply, done) => {
      // HTTP/1: the answer says `Connection: close`.
      if (this.#letGo) reply.raw.shouldKeepAlive = false;
      done();
    });
    server.server.on('session', (session: ServerHttp2Session) => {
      this.#sessions.add(session);
      session.once('close', () => this.#sessions.delete(session));
    });
  }

  /** From now on each connection that is there ends with what is open on it. */
  letGo(): void {
    this.#letGo = true;
    // HTTP/2: GOAWAY. Open streams go on.
    for (const session of this.#sessions) session.close();
  }
}
