// The JSON side of the gateways: any of the two, again and again, as a careful client does.
import type { SessionKey } from '@vana/events';
import type { Seeded } from '../seeded.js';
import { persistently } from '../waiting.js';
import type { World } from '../world/world.js';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

const PATIENCE_MS = 30_000;

export class GatewayApi {
  readonly #tokens = new Map<string, Promise<string>>();

  constructor(
    private readonly world: World,
    private readonly random: Seeded,
  ) {}

  /** The owner of a tenant's sessions. */
  token(tenant: string): Promise<string> {
    const known = this.#tokens.get(tenant) ?? this.world.token(tenant, `owner-of-${tenant}`);
    this.#tokens.set(tenant, known);
    return known;
  }

  /** A gateway that runs, as a load balancer would pick it. */
  gateway(): string {
    const running = this.world.gateways.filter((gateway) => gateway.running);
    return this.random.pick(running.length > 0 ? running : this.world.gateways).url;
  }

  async createSession({ tenant, sessionId }: SessionKey): Promise<void> {
    await persistently(async () => {
      const answer = await this.call('POST', '/api/sessions', tenant, { session_id: sessionId });
      // 409: an earlier attempt was stored and its answer lost.
      if (answer.status !== 201 && answer.status !== 200 && answer.status !== 409) {
        throw new Error(`create session: ${answer.status} ${JSON.stringify(answer.body)}`);
      }
    }, PATIENCE_MS);
  }

  /** @throws when no answer comes */
  async call(
    method: string,
    path: string,
    tenant: string,
    json?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(new URL(path, this.gateway()), {
      method,
      headers: {
        authorization: `Bearer ${await this.token(tenant)}`,
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      signal: AbortSignal.timeout(5_000),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
  }
}
