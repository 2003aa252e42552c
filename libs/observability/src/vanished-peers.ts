// Every server cuts off clients that are gone without a word. One look for all servers of the process: the
// system's tables are the process's, too.
import type { FastifyInstance } from 'fastify';
import type { Socket } from 'node:net';
import { Counter, type Registry } from 'prom-client';
import { systemClock } from './system-clock.js';
import { UnackedPeers } from './unacked-peers.js';

const peers = new UnackedPeers(systemClock);

export function cutVanishedPeers({ server }: FastifyInstance, registry: Registry): void {
  const vanished = new Counter({
    name: 'vana_http_vanished_peers_total',
    help: 'Connections cut because the peer no longer acknowledged what was sent.',
    registers: [registry],
  });
  server.on('connection', (socket: Socket) => peers.watch(socket, () => vanished.inc()));
}
