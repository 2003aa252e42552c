// The pod's open streams by connection id: a stream outlives its token when a fresh one is brought in time.
import { VanaError, type ConnectionTokenBody, type Principal } from '@vana/events';
import { newConnectionId } from '@vana/routing';

/** A stream that can live on with another token of its principal. */
export interface LiveStream {
  readonly principal: Principal;
  renew(principal: Principal): void;
}

export class LiveStreams {
  readonly #byId = new Map<string, LiveStream>();

  /** @param podId as presence tells it: ids name the pod */
  constructor(private readonly podId: string) {}

  /** @returns the connection's id */
  add(stream: LiveStream): string {
    const id = newConnectionId(this.podId);
    this.#byId.set(id, stream);
    return id;
  }

  remove(id: string): void {
    this.#byId.delete(id);
  }

  /** @throws VanaError connection_not_found: closed, never opened, or somebody else's */
  renew(id: string, principal: Principal): ConnectionTokenBody {
    const stream = this.#byId.get(id);
    const own = stream?.principal.id === principal.id && stream.principal.tenant === principal.tenant;
    // Nobody's stream has no end that could be put off.
    if (stream === undefined || !own || principal.expiresAtMs === undefined) {
      throw new VanaError('connection_not_found');
    }
    stream.renew(principal);
    return { connection_id: id, expires_at: new Date(principal.expiresAtMs).toISOString() };
  }
}
