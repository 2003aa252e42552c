// Fetches a page of the public web as text: bounded in size, time and redirects, each of which is checked anew.
import type { IncomingMessage } from 'node:http';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Readable } from 'node:stream';
import { deadline } from '../../runs/pause.js';
import type { Clock } from '@vana/stream-core';
import { ForbiddenAddress, guardedRequest, resolveName, type RequestGuard } from './guarded-request.js';
import { pageAddress } from './page-address.js';
import { isPublicAddress } from './public-address.js';

export interface PageLimits {
  /** Of the body as it is after decompression. */
  readonly maxBytes: number;
  /** For everything: names, redirects, the whole body. */
  readonly timeoutMs: number;
  readonly maxRedirects: number;
}

export const DEFAULT_PAGE_LIMITS: PageLimits = { maxBytes: 2 * 1024 * 1024, timeoutMs: 15_000, maxRedirects: 5 };

export type PageProblem =
  'forbidden_address' | 'too_many_redirects' | 'too_large' | 'timeout' | 'not_text' | 'http_error' | 'unreachable';

export interface FetchedPage {
  readonly kind: 'page';
  /** After redirects. */
  readonly url: string;
  readonly type: 'html' | 'text';
  readonly text: string;
}

export type PageOutcome = FetchedPage | { readonly kind: 'problem'; readonly problem: PageProblem };

const TEXT_TYPES: Readonly<Record<string, FetchedPage['type']>> = {
  'text/html': 'html',
  'application/xhtml+xml': 'html',
  'text/plain': 'text',
  'text/markdown': 'text',
};
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const HEADERS = {
  accept: 'text/html,application/xhtml+xml,text/plain;q=0.9,text/markdown;q=0.9',
  'accept-encoding': 'gzip, deflate, br',
  'user-agent': 'vana-stream (research agent)',
};

export const PUBLIC_WEB: RequestGuard = { resolve: resolveName, permit: isPublicAddress };

export class PageFetcher {
  /** @param guard what may be connected to; only tests have another one than PUBLIC_WEB */
  constructor(
    private readonly clock: Clock,
    private readonly guard: RequestGuard = PUBLIC_WEB,
    private readonly limits: PageLimits = DEFAULT_PAGE_LIMITS,
  ) {}

  /** @throws the signal's reason, nothing else */
  async fetch(address: string, signal: AbortSignal): Promise<PageOutcome> {
    const timeout = deadline(this.clock, this.limits.timeoutMs, () => new Problem('timeout'));
    try {
      return await this.follow(address, AbortSignal.any([signal, timeout.signal]));
    } catch (error) {
      signal.throwIfAborted();
      if (timeout.signal.aborted) return { kind: 'problem', problem: 'timeout' };
      if (error instanceof Problem) return { kind: 'problem', problem: error.problem };
      return { kind: 'problem', problem: error instanceof ForbiddenAddress ? 'forbidden_address' : 'unreachable' };
    } finally {
      timeout.cancel();
    }
  }

  private async follow(address: string, signal: AbortSignal): Promise<FetchedPage> {
    let url = pageAddress(address);
    for (let redirects = 0; url !== undefined; redirects++) {
      const response = await guardedRequest(url, HEADERS, this.guard, signal);
      try {
        const { statusCode = 0, headers } = response;
        if (REDIRECTS.has(statusCode) && headers.location !== undefined) {
          if (redirects === this.limits.maxRedirects) throw new Problem('too_many_redirects');
          url = pageAddress(headers.location, url);
          continue;
        }
        if (statusCode < 200 || statusCode > 299) throw new Problem('http_error');
        return await this.read(response, url, signal);
      } finally {
        response.destroy();
      }
    }
    throw new Problem('forbidden_address');
  }

  private async read(response: IncomingMessage, url: URL, signal: AbortSignal): Promise<FetchedPage> {
    const { headers } = response;
    const [mime = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
    const type = TEXT_TYPES[mime.trim()];
    if (type === undefined) throw new Problem('not_text');
    if (Number(headers['content-length'] ?? 0) > this.limits.maxBytes) throw new Problem('too_large');
    const body = plain(response, headers['content-encoding']);
    // What fails while nobody reads must not end the process.
    response.once('error', (error) => body.destroy(error));
    const parts: Buffer[] = [];
    let bytes = 0;
    const stop = (): void => void body.destroy(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    try {
      for await (const part of body) {
        parts.push(part as Buffer);
        bytes += (part as Buffer).length;
        if (bytes > this.limits.maxBytes) throw new Problem('too_large');
      }
    } finally {
      signal.removeEventListener('abort', stop);
      body.destroy();
    }
    return { kind: 'page', url: url.href, type, text: decode(Buffer.concat(parts), parameters, type) };
  }
}

class Problem extends Error {
  constructor(readonly problem: PageProblem) {
    super(problem);
    this.name = 'PageProblem';
  }
}

function plain(response: IncomingMessage, encoding = 'identity'): Readable {
  switch (encoding.trim().toLowerCase()) {
    case 'identity':
      return response;
    case 'gzip':
    case 'x-gzip':
      return response.pipe(createGunzip());
    case 'deflate':
      return response.pipe(createInflate());
    case 'br':
      return response.pipe(createBrotliDecompress());
    default:
      throw new Problem('not_text');
  }
}

/** By the charset of the header, else of the page's head, else UTF-8. */
function decode(bytes: Buffer, parameters: readonly string[], type: FetchedPage['type']): string {
  const named = parameters.map((one) => /^\s*charset\s*=\s*"?([^"\s]+)/.exec(one)?.[1]).find(Boolean);
  const head = type === 'html' ? bytes.subarray(0, 2048).toString('latin1') : '';
  const charset = named ?? /<meta[^>]+charset\s*=\s*["']?([\w-]+)/i.exec(head)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}
