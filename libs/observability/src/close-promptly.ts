// Lets a server close in time. Node waits for every connection that is not idle, and counts as not idle one
// that has never sent a request: browsers and HTTP clients open such ones in advance.
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Requests that are under way when the close begins may take this long. */
const GRACE_MS = 5_000;

export function closePromptly(instance: FastifyInstance): void {
  const silent = new Set<Socket>();
  let closing = false;
  function forget(this: Socket): void {
    silent.delete(this);
  }
  instance.server.on('connection', (socket: Socket) => {
    if (closing) {
      socket.destroy();
      return;
    }
    silent.add(socket);
    socket.once('close', forget);
  });
  instance.server.on('request', ({ socket }: IncomingMessage) => {
    if (silent.delete(socket)) socket.off('close', forget);
  });
  instance.addHook('preClose', (done) => {
    closing = true;
    for (const socket of silent) socket.destroy();
    setTimeout(() => {
      instance.server.closeAllConnections();
    }, GRACE_MS).unref();
    done();
  });
}
