// Tool: web search through a SearXNG instance of one's own. Its address is a setting, so it may be a private one.
import { z } from 'zod';
import type { Clock } from '@vana/stream-core';
import { deadline } from '../runs/pause.js';
import { pageAddress } from './web/page-address.js';
import type { FoundSource, ResearchTool, ToolOutcome } from './research-tool.js';

const RESULTS = 8;
const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 1024 * 1024;
const SNIPPET_CHARACTERS = 600;

const inputSchema = z.object({ query: z.string().min(1).max(300).describe('What to search the web for.') });
const answerSchema = z.object({
  results: z.array(z.object({ url: z.string(), title: z.string().nullish(), content: z.string().nullish() })),
});

const UNAVAILABLE: ToolOutcome = { kind: 'problem', problem: 'The web search does not answer. Go on without it.' };
const NOTHING: ToolOutcome = { kind: 'problem', problem: 'The web search found nothing for these words.' };

/** @param baseUrl of the instance; its JSON format has to be switched on */
export function searchWeb(baseUrl: string, clock: Clock): ResearchTool<z.output<typeof inputSchema>> {
  return {
    name: 'search_web',
    description: 'Searches the web. Gives titles, addresses and short extracts; read_page reads one of the addresses.',
    input: inputSchema,
    label: ({ query }) => `Search the web: ${query}`,
    inputOf: (query) => ({ query }),
    run: async ({ query }, { signal }) => {
      const timeout = deadline(clock, TIMEOUT_MS, () => new Error('search timed out'));
      try {
        const url = new URL('search', baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`);
        url.search = new URLSearchParams({ q: query, format: 'json' }).toString();
        const headers = { accept: 'application/json' };
        const response = await fetch(url, { headers, signal: AbortSignal.any([signal, timeout.signal]) });
        const text = await bodyOf(response);
        const answer = text === undefined ? undefined : answerSchema.safeParse(JSON.parse(text));
        if (!answer?.success) return UNAVAILABLE;
        const sources = answer.data.results.flatMap(sourceOf).slice(0, RESULTS);
        return sources.length === 0 ? NOTHING : { kind: 'found', sources };
      } catch {
        signal.throwIfAborted();
        return UNAVAILABLE;
      } finally {
        timeout.cancel();
      }
    },
  };
}

function sourceOf({ url, title, content }: z.output<typeof answerSchema>['results'][number]): FoundSource[] {
  const page = pageAddress(url);
  if (page === undefined) return [];
  const text = (content ?? '').slice(0, SNIPPET_CHARACTERS);
  return [{ url: page.href, title: title ?? page.hostname, domain: page.hostname, text }];
}

async function bodyOf(response: Response): Promise<string | undefined> {
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    return undefined;
  }
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body) {
    parts.push(part as Uint8Array);
    if ((bytes += (part as Uint8Array).length) > MAX_ANSWER_BYTES) return undefined;
  }
  return Buffer.concat(parts).toString('utf8');
}
