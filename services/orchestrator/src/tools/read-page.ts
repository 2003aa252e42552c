// Tool: reads one page of the web. Only addresses that the question or a search named: text of a page that talks the
// model into opening another one, with what it knows in the address, gets nowhere.
import { z } from 'zod';
import type { Clock } from '@vana/stream-core';
import type { FetchedPage, PageFetcher, PageProblem } from './web/fetch-page.js';
import { pageAddress } from './web/page-address.js';
import { readArticle } from './web/read-article.js';
import type { ResearchTool } from './research-tool.js';

const PAGE_CHARACTERS = 12_000;

const inputSchema = z.object({ url: z.string().min(1).max(2_000).describe('Address of the page.') });

const PROBLEMS: Readonly<Record<PageProblem, string>> = {
  forbidden_address: 'This address may not be opened.',
  too_many_redirects: 'The page redirects too often.',
  too_large: 'The page is too large.',
  timeout: 'The page did not arrive in time.',
  not_text: 'The address holds no text.',
  http_error: 'The server has no such page.',
  unreachable: 'The page cannot be reached.',
};

export function readPage(fetcher: PageFetcher, clock: Clock): ResearchTool<z.output<typeof inputSchema>> {
  return {
    name: 'read_page',
    description: 'Reads the text of a web page. Takes an address that search_web gave or that the question names.',
    input: inputSchema,
    label: ({ url }) => `Read ${url}`,
    run: async ({ url }, { known, signal }) => {
      const address = pageAddress(url)?.href;
      if (address === undefined) return { kind: 'problem', problem: PROBLEMS.forbidden_address };
      if (!known.has(address)) return { kind: 'problem', problem: 'Only addresses that a search gave can be read.' };
      const page = await fetcher.fetch(address, signal);
      if (page.kind === 'problem') return { kind: 'problem', problem: PROBLEMS[page.problem] };
      const article = await articleOf(page, clock, signal);
      if (article === undefined) return { kind: 'problem', problem: 'The page holds no readable text.' };
      const { hostname } = new URL(page.url);
      const text = article.text.slice(0, PAGE_CHARACTERS);
      const title = article.title === '' ? hostname : article.title;
      return { kind: 'found', sources: [{ url: page.url, title, domain: hostname, text }] };
    },
  };
}

async function articleOf(
  page: FetchedPage,
  clock: Clock,
  signal: AbortSignal,
): Promise<{ title: string; text: string } | undefined> {
  if (page.type === 'html') return readArticle(page.text, clock, signal);
  const text = page.text.trim();
  return text === '' ? undefined : { title: '', text };
}
