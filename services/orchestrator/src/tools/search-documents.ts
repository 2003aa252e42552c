// Tool: the corpus index.
import { z } from 'zod';
import type { Corpus } from '../corpus/corpus.js';
import type { Passage } from '../corpus/document.js';
import { termsOf } from '../corpus/terms.js';
import type { FoundSource, ResearchTool } from './research-tool.js';

const PASSAGES = 6;
const PASSAGE_CHARACTERS = 1_200;

const inputSchema = z.object({ query: z.string().min(1).max(500).describe('Words to look for.') });

export function searchDocuments(corpus: Corpus): ResearchTool<z.output<typeof inputSchema>> {
  return {
    name: 'search_documents',
    description: 'Searches the document collection by words. Gives the passages that fit best.',
    input: inputSchema,
    label: ({ query }) => `Search the documents: ${query}`,
    inputOf: (query) => ({ query }),
    run: async ({ query }) => {
      const terms = new Map(termsOf(query).map((term) => [term, 1]));
      const sources = corpus.search({ terms, limit: PASSAGES }).map(({ passage }) => sourceOf(passage));
      if (sources.length > 0) return { kind: 'found', sources };
      return { kind: 'problem', problem: 'No passage holds these words.' };
    },
  };
}

function sourceOf({ document, headings, line, blocks }: Passage): FoundSource {
  const heading = headings.at(-1)?.text;
  const text = blocks.map(({ raw }) => raw).join('\n\n');
  return {
    url: `corpus:${document.path}#L${line}`,
    title: document.title === document.name ? document.name : `${document.name}: ${document.title}`,
    domain: 'corpus',
    text: text.slice(0, PASSAGE_CHARACTERS),
    path: document.path,
    line,
    ...(heading === undefined ? {} : { heading }),
  };
}
