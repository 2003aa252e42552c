// A TCP connection that can go wrong: between a client and a real server, controlled by the test.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { ImpairedPipe, type Impairment } from './impaired-pipe.js';

export interface TcpProxy {
  readonly port: number;
  /** From now on the server hears the client, but nothing comes back. Ends with `cut`. */
  dropAnswers(): void;
  /** Closes all connections; new ones work again. */
  cut(): void;
  /** The same with RST instead of FIN. */
  reset(): void;
  /** Refuses new connections until `accept`; existing ones are closed. */
  refuse(): void;
  accept(): void;
  /** Connections stand and are accepted, but no byte goes through, in either direction, until `heal`. */
  blackHole(): void;
  /** Latency, a narrow line, or bytes in small slices, for connections that stand and new ones, until `heal`. */
  impair(impairment: Impairment): void;
  /** Ends `blackHole` and `impair`; what was held back comes now, in order. */
  heal(): void;
  close(): Promise<void>;
}

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const pipes = new Set<ImpairedPipe>();
  let dropping = false;
  let refusing = false;
  let impairment: Impairment = {};
  const keep = (socket: Socket, peer: Socket): void => {
    sockets.add(socket);
    // A reset by either side ends both; the test sees it at its client.
    socket.once('error', () => socket.destroy());
    socket.once('close', () => {
      sockets.delete(socket);
      peer.destroy();
    });
  };
  const join = (from: Socket, to: Socket, isDropped: () => boolean): void => {
    const pipe = new ImpairedPipe(from, to, () => impairment, isDropped);
    pipes.add(pipe);
    from.once('close', () => {
      pipes.delete(pipe);
      pipe.stop();
    });
  };
  const server = createServer((client) => {
    if (refusing) return client.destroy();
    const upstream = connect(targetPort, '127.0.0.1');
    client.setNoDelay(true);
    upstream.setNoDelay(true);
    keep(client, upstream);
    keep(upstream, client);
    join(client, upstream, () => false);
    join(upstream, client, () => dropping);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const end = (how: (socket: Socket) => void): void => {
    dropping = false;
    for (const socket of sockets) how(socket);
  };
  const cut = (): void => end((socket) => socket.destroy());
  const impair = (next: Impairment): void => {
    impairment = next;
    for (const pipe of pipes) pipe.turn();
  };
  return {
    port: (server.address() as AddressInfo).port,
    dropAnswers: () => {
      dropping = true;
    },
    cut,
    reset: () => end((socket) => socket.resetAndDestroy()),
    refuse: () => {
      refusing = true;
      cut();
    },
    accept: () => {
      refusing = false;
    },
    blackHole: () => impair({ blackHole: true }),
    impair,
    heal: () => impair({}),
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
