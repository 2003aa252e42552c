// One SSE response: its head, its bytes, how full it is. The only place that touches the socket.
import { CLOSED_TRAILER } from '@vana/routing';
import { SSE_HEADERS } from '@vana/sse-wire';
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

export interface SseConnectionListener {
  /** What was written has been taken; more is welcome. */
  drained(): void;
  /** The socket is closed, by whomever. Called once. */
  gone(): void;
}

export class SseConnection {
  constructor(private readonly response: ServerResponse) {}

  /** False when the peer left before the stream began: no `gone` will be heard. */
  get isOpen(): boolean {
    return !this.response.destroyed && !this.response.writableEnded;
  }

  /** Bytes that wait for the peer in this process. */
  get bufferedBytes(): number {
    return this.response.writableLength;
  }

  /** Bytes that the system has taken since the connection began: a number that stands still means a peer that does. */
  get takenBytes(): number {
    const { socket } = this.response;
    return socket ? socket.bytesWritten - socket.writableLength : 0;
  }

  /** Sends the head and the first bytes at once. */
  open(headers: OutgoingHttpHeaders, first: Uint8Array, listener: SseConnectionListener): void {
    const { response } = this;
    // Whoever comes back connects anew, and can so reach another pod.
    response.shouldKeepAlive = false;
    response.on('drain', () => listener.drained());
    response.once('close', () => listener.gone());
    // A broken socket is told by `close`, which always follows.
    response.on('error', () => undefined);
    response.writeHead(200, { ...headers, ...SSE_HEADERS });
    response.write(first);
  }

  /** @returns false when the peer must take bytes first: `drained` follows, or `gone` */
  write(bytes: Uint8Array): boolean {
    return this.isOpen && this.response.write(bytes);
  }

  /** Ends the response after what has been written; gateways read the reason, which the stream has said, here. */
  end(reason: string): void {
    this.response.addTrailers({ [CLOSED_TRAILER]: reason });
    this.response.end();
  }

  /** Closes the socket now; unsent bytes are lost. */
  destroy(): void {
    this.response.destroy();
  }
}
