// A TCP connection that can go wrong: between a client and a real server, controlled by the test.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** From now on the server hears the client, but nothing comes back. Ends with `cut`. */
  dropAnswers(): void;
  /** Closes all connections; new ones work again. */
  cut(): void;
  /** Refuses new connections until `accept`; existing ones are closed. */
  refuse(): void;
  accept(): void;
  close(): Promise<void>;
}

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let dropping = false;
  let refusing = false;
  const keep = (socket: Socket, peer: Socket): void => {
    sockets.add(socket);
    // A reset by either side ends both; the test sees it at its client.
    socket.once('error', () => socket.destroy());
    socket.once('close', () => {
      sockets.delete(socket);
      peer.destroy();
    });
  };
  const server = createServer((client) => {
    if (refusing) return client.destroy();
    const upstream = connect(targetPort, '127.0.0.1');
    keep(client, upstream);
    keep(upstream, client);
    client.on('data', (chunk) => upstream.write(chunk));
    upstream.on('data', (chunk) => {
      if (!dropping) client.write(chunk);
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    dropping = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    dropAnswers: () => {
      dropping = true;
    },
    cut,
    refuse: () => {
      refusing = true;
      cut();
    },
    accept: () => {
      refusing = false;
    },
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
