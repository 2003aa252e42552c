// The four services in this process, tokens of any kind for them, and one request at a time.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueToken, type AccessTokenSettings, type TokenRequest } from '@vana/access-token';
import { SCOPES } from '@vana/events';
import { InMemoryBus } from '@vana/in-memory';
import { startServices, type Standalone } from '../start-services.js';

export interface Answer {
  readonly status: number;
  /** Of an error body. */
  readonly code: string | undefined;
  /** Of a JSON answer. */
  readonly body: Record<string, unknown>;
}

export interface Ask {
  readonly method?: string;
  readonly token?: string | undefined;
  readonly json?: unknown;
}

export class TenantWorld {
  readonly bus = new InMemoryBus();
  #services!: Standalone;
  #corpus!: string;

  /** @param env settings for every service */
  async start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    this.#corpus = await mkdtemp(join(tmpdir(), 'vana-tenants-'));
    await writeFile(join(this.#corpus, 'a.md'), '# A\n\nA document so that there is one.\n');
    // Settings of the front door that are made for strangers, not for a spec that knocks a thousand times.
    const quiet = { RATE_LIMIT_ADDRESS: '0', RATE_LIMIT_PRINCIPAL: '0', RUN_QUOTA: '0', AUDIT_LOG: 'off' };
    Object.assign(process.env, { RESEARCH_ENGINE: 'scripted', ...quiet, ...env });
    const place = { host: '127.0.0.1', port: 0, corpus: { dir: this.#corpus }, logLevel: 'silent' };
    this.#services = await startServices({ ...place, bus: this.bus });
  }

  async stop(): Promise<void> {
    await this.#services.close();
    await rm(this.#corpus, { recursive: true });
  }

  get gateway(): string {
    return this.#services.urls.gateway;
  }

  token(sub: string, more: Partial<TokenRequest & Pick<AccessTokenSettings, 'audience'>> = {}): Promise<string> {
    const { audience = 'vana-stream', ...request } = more;
    const key = { algorithm: 'HS256', secret: this.#services.secret } as const;
    const scopes = SCOPES.filter((scope) => scope !== 'admin');
    return issueToken({ key, issuer: 'vana-stream', audience }, { sub, scopes, expiresInS: 600, ...request });
  }

  /** The answer's head at once; its body is the caller's to read or destroy. */
  open(path: string, { method = 'GET', token, json }: Ask = {}): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers = {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      };
      httpRequest(this.gateway + path, { method, headers, agent: false }, resolve)
        .on('error', reject)
        .end(json === undefined ? undefined : JSON.stringify(json));
    });
  }

  /** Of an event stream the head only. */
  async ask(path: string, ask: Ask = {}): Promise<Answer> {
    const response = await this.open(path, ask);
    const status = response.statusCode ?? 0;
    if (response.headers['content-type']?.startsWith('text/event-stream') === true) {
      response.destroy();
      return { status, code: undefined, body: {} };
    }
    let text = '';
    for await (const chunk of response) text += String(chunk);
    const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    return { status, body, code: (body['error'] as { code?: string } | undefined)?.code };
  }
}
