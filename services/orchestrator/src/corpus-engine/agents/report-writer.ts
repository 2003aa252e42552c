// Writes the report out of the noted statements: nothing in it is said that no passage says.
import type { EventData } from '@vana/events';
import type { Notebook } from '../notebook.js';
import { findExample } from '../code-examples.js';
import type { Judgement } from '../notes.js';
import {
  answerBlock,
  exampleBlock,
  headingPath,
  searchBlock,
  sectionBlock,
  sourceBlock,
  sourcesHeading,
  titleBlock,
} from '../report-markdown.js';
import { outlineReport, type Cited, type ReportOutline } from '../report-outline.js';
import { ReportStream } from '../report-stream.js';
import type { ResearchDesk } from '../research-desk.js';
import type { RunDesk } from '../../engine/run-desk.js';
import { short } from '../../engine/agent-work.js';

export interface Report {
  readonly text: string;
  readonly judgement: Judgement;
}

/** Outline, opening, sources. */
export const LEAST_REPORT_STEPS = 3;

interface Part {
  readonly name: string;
  readonly blocks: readonly string[];
}

export async function writeReport(
  run: RunDesk,
  desk: ResearchDesk,
  notebook: Notebook,
  judgement: Judgement,
): Promise<Report> {
  const text = await run.call(
    { agent: 'report_writer', action: 'Write the report', steps: LEAST_REPORT_STEPS },
    async (work) => {
      const outline = await work.step(
        'Outline the report',
        () => outlineReport(notebook, judgement, desk.question, (names) => findExample(desk, names)),
        ({ sections, sources }) => `${sections.length} sections, ${sources.length} sources`,
      );
      await run.emit('research_sources', sourcesEvent(outline), 'report_writer');
      const parts = partsOf(outline, desk);
      work.expectSteps(Math.max(0, parts.length + 1 - LEAST_REPORT_STEPS));
      const expected = parts.flatMap(({ blocks }) => blocks).reduce((sum, block) => sum + block.length, 0);
      const stream = new ReportStream(run, `${run.task.runId}-report`, expected);
      for (const part of parts) {
        const write = async (): Promise<void> => {
          for (const block of part.blocks) await stream.write(block);
        };
        await work.step(part.name, write, () => `${part.blocks.length} blocks`);
      }
      return stream.end();
    },
    (written) => `${written.length} characters`,
  );
  return { text, judgement };
}

function partsOf(outline: ReportOutline, desk: ResearchDesk): Part[] {
  const { question, searches, corpus } = desk;
  const parts: Part[] = [{ name: 'Write the answer', blocks: [titleBlock(question), answerBlock(outline, question)] }];
  if (outline.example) parts.push({ name: 'Show an example', blocks: [exampleBlock(outline.example)] });
  for (const section of outline.sections) parts.push({ name: short(section.title), blocks: [sectionBlock(section)] });
  if (outline.judgement.verdict !== 'answered') {
    parts.push({ name: 'Say what was searched', blocks: [searchBlock({ stats: corpus.stats, question, searches })] });
  }
  if (outline.sources.length > 0) {
    parts.push({ name: 'List the sources', blocks: [sourcesHeading(), ...outline.sources.map(sourceBlock)] });
  }
  return parts;
}

function sourcesEvent({ sources }: ReportOutline): EventData<'research_sources'> {
  return { sources: sources.map(sourceOf), totalSources: sources.length };
}

function sourceOf({ statement, shortId }: Cited): EventData<'research_sources'>['sources'][number] {
  const { document, headings, line, quote, text, coverage } = statement;
  return {
    shortId,
    title: document.title === document.name ? document.name : `${document.name}: ${document.title}`,
    url: `corpus:${document.path}#L${line}`,
    domain: 'corpus',
    path: document.path,
    heading: headings.length === 0 ? null : headingPath(headings),
    headingLine: headings.at(-1)?.line ?? null,
    line,
    quote,
    supportedClaims: [{ textSegment: text, confidence: Math.min(1, Math.round(coverage * 100) / 100) }],
  };
}
