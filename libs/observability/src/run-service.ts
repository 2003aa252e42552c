// The life of a service process: start, wait for SIGTERM or SIGINT, close, exit.
import { faultSentence } from './fault-sentence.js';

export interface RunningService {
  /** Base URL, e.g. `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Milliseconds that `close` takes at most; 20 s when absent. A process that takes longer is ended. */
  readonly closesWithinMs?: number;
  /** Stops taking work, ends what is open, frees everything. Idempotent. */
  close(): Promise<void>;
}

type Host = Pick<NodeJS.Process, 'on' | 'exit'> & { readonly stderr: Pick<NodeJS.WriteStream, 'write'> };

/** A close that hangs must not keep a pod from being replaced. */
const CLOSES_WITHIN_MS = 20_000;

/**
 * For `main.ts`. Exit codes: 0 after a signal, 1 when the start or the close failed or the close took too long
 * (one sentence on stderr). A second signal exits at once with 130.
 */
export async function runService(name: string, start: () => Promise<RunningService>, host: Host = process) {
  let service: RunningService | undefined;
  let stopping = false;
  const fail = (error: unknown) => {
    const sentence = faultSentence(error) ?? (error instanceof Error ? (error.stack ?? error.message) : String(error));
    host.stderr.write(`${name}: ${sentence}\n`);
    host.exit(1);
  };
  const stop = () => {
    if (stopping) return host.exit(130);
    stopping = true;
    if (service === undefined) return host.exit(0);
    const limitMs = service.closesWithinMs ?? CLOSES_WITHIN_MS;
    const late = () => {
      host.stderr.write(`${name}: Was not closed after ${limitMs / 1000} s and is ended.\n`);
      host.exit(1);
    };
    setTimeout(late, limitMs).unref();
    service.close().then(() => host.exit(0), fail);
  };
  host.on('SIGTERM', stop);
  host.on('SIGINT', stop);
  // A launcher that dies takes its services along (it holds the other end of the IPC channel).
  host.on('disconnect', () => {
    if (!stopping) stop();
  });
  try {
    service = await start();
  } catch (error) {
    fail(error);
  }
}
