// What a test holds of a server that it has started.

export interface NatsServer {
  /** `nats://127.0.0.1:<port>`; stays the same over `restart`. */
  readonly url: string;
  readonly port: number;
  /** JetStream's folder; stays over `restart`, removed by `stop`. */
  readonly storeDir: string;
  /** Ends the process with the signal (default SIGTERM) and keeps its data: `restart` brings it back. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts again on the same port with the same data; a server that still runs gets SIGTERM first. */
  restart(): Promise<void>;
  /** Freezes (SIGSTOP) or wakes (SIGCONT) the process. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Ends the process and removes its folders. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** One server of a cluster; as `NatsServer`, but its folder goes with the cluster. */
export type NatsNode = Pick<NatsServer, 'url' | 'kill' | 'restart' | 'signal'> & {
  /** As `cluster.leader` of a stream's info tells it. */
  readonly name: string;
};

export interface NatsCluster {
  /** All addresses, separated by commas. */
  readonly url: string;
  readonly nodes: readonly NatsNode[];
  /** Ends all servers and removes their folders. */
  stop(): Promise<void>;
}

export interface RedisServer {
  /** `redis://127.0.0.1:<port>`; stays the same over `restart`. */
  readonly url: string;
  readonly port: number;
  /** Ends the process with the signal (default SIGTERM); `restart` brings it back, empty. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts again, empty, on the same port; a server that still runs gets SIGTERM first. */
  restart(): Promise<void>;
  /** Freezes (SIGSTOP) or wakes (SIGCONT) the process. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Ends the process and removes its folder. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}
