// Finds the broadcaster that has a live connection and gives it the fresh token's principal.
import { VanaError, connectionTokenBodySchema, type ConnectionTokenBody, type Principal } from '@vana/events';
import { podOfConnection, type Presence } from '@vana/routing';
import type { CallTokens } from './call-tokens.js';

const ANSWER_MS = 5_000;

export class LiveConnections {
  constructor(
    private readonly presence: Pick<Presence, 'present'>,
    private readonly tokens: CallTokens,
  ) {}

  /** @throws VanaError connection_not_found (also somebody else's) | no_broadcaster */
  async extend(connectionId: string, principal: Principal): Promise<ConnectionTokenBody> {
    const podId = podOfConnection(connectionId);
    const pod = this.presence.present().find((each) => each.podId === podId);
    if (pod === undefined) throw new VanaError('connection_not_found');
    const answer = await this.#ask(new URL(`/api/stream/${connectionId}/token`, pod.url), principal);
    if (answer.status === 404) throw new VanaError('connection_not_found');
    const body = connectionTokenBodySchema.safeParse(answer.body);
    if (answer.status !== 200 || !body.success) throw new VanaError('no_broadcaster');
    return body.data;
  }

  async #ask(url: URL, principal: Principal): Promise<{ status: number; body: unknown }> {
    const headers = { authorization: `Bearer ${await this.tokens.of(principal)}` };
    try {
      const answer = await fetch(url, { method: 'POST', headers, signal: AbortSignal.timeout(ANSWER_MS) });
      return { status: answer.status, body: await answer.json() };
    } catch (cause) {
      throw new VanaError('no_broadcaster', { cause });
    }
  }
}
