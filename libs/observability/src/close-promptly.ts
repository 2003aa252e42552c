// Lets a server close in time. Node waits for every connection that is not idle, and counts as not idle one
// that has never sent a request: browsers and HTTP clients open such ones in advance.
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer, type TLSSocket } from 'node:tls';
import type { FastifyInstance } from 'fastify';

/** Requests that are under way when the close begins may take this long. */
const GRACE_MS = 5_000;

export function closePromptly(instance: FastifyInstance): void {
  const { server } = instance;
  const open = new Set<Socket>();
  const silent = new Set<Socket>();
  let closing = false;
  function forget(this: Socket): void {
    open.delete(this);
    silent.delete(this);
  }
  // With TLS the socket that requests name is the encrypted one, which comes later. Before that a handshake
  // is under way; it has a time-out of its own.
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket | TLSSocket) => {
    if (closing) {
      socket.destroy();
      return;
    }
    open.add(socket);
    // A session of HTTP/2 is ended by the server itself when it closes.
    if (!('alpnProtocol' in socket && socket.alpnProtocol === 'h2')) silent.add(socket);
    socket.once('close', forget);
  });
  server.on('request', ({ socket }: IncomingMessage) => {
    silent.delete(socket);
  });
  instance.addHook('preClose', (done) => {
    closing = true;
    for (const socket of silent) socket.destroy();
    setTimeout(() => {
      for (const socket of open) socket.destroy();
    }, GRACE_MS).unref();
    done();
  });
}
