// Writes the report out of the findings, token by token. What it cites is what the findings' sources are; when the
// model or the budget fails it, readers still get what was found.
import type { VanaError } from '@vana/events';
import type { ModelMessage } from 'ai';
import type { RunDesk } from '../../engine/run-desk.js';
import type { ResearchedSection } from '../findings.js';
import type { ModelDesk } from '../model-desk.js';
import { isModelFailure } from '../model-failure.js';
import { citedList, GO_ON, REPORT_INSTRUCTIONS, reportPrompt } from '../prompts.js';
import { BudgetSpent } from '../run-budget.js';
import { CitationFilter } from '../report/citation-filter.js';
import { CitedSources, claimsOf } from '../report/cited-sources.js';
import { ReportText } from '../report/report-text.js';
import { REPORT_TOKENS } from './answer-tokens.js';

/** Number the sources, write, list the sources. */
export const REPORT_STEPS = 3;
/** A text that is cut off goes on in another call. */
const MOST_PARTS = 3;
const TITLE_CHARACTERS = 200;

export interface Report {
  readonly text: string;
  /** Why it is not what the model would have written; absent: it is. */
  readonly problem?: 'report_cut' | 'report_not_written' | 'nothing_found';
}

interface Draft extends Report {
  readonly messageId: string;
  /** Characters before the list of sources. */
  readonly bodyCharacters: number;
}

export function writeReport(
  run: RunDesk,
  desk: ModelDesk,
  sections: readonly ResearchedSection[],
  missing: string,
): Promise<Report> {
  return run.call(
    { agent: 'report_writer', action: 'Write the report', steps: REPORT_STEPS },
    async (work) => {
      const sources = new CitedSources(sections);
      const found = sections.flatMap(({ findings }) => findings);
      const claims = found.map(({ text, sources: own }) => ({ text, ids: own.map((one) => sources.idOf(one)) }));
      await work.step(
        'Number the sources',
        () => run.emit('research_sources', sources.event(claims), 'report_writer'),
        () => `${sources.size} sources`,
      );
      const draft = await work.step(
        'Write the text',
        () => new Drafting(run, desk, sections, sources, missing).write(),
        ({ text }) => `${text.length} characters`,
      );
      const said = claimsOf(draft.text.slice(0, draft.bodyCharacters));
      const cited = new Set(said.flatMap(({ ids }) => ids));
      await work.step(
        'Say what each source supports',
        () => run.emit('research_sources', sources.event(said, cited), 'report_writer'),
        () => `${cited.size} sources cited`,
      );
      const { text, problem } = draft;
      return problem === undefined ? { text } : { text, problem };
    },
    ({ text }) => `${text.length} characters`,
  );
}

class Drafting {
  private readonly filter: CitationFilter;
  private readonly out: ReportText;
  /** As the model said it. */
  private raw = '';

  constructor(
    private readonly run: RunDesk,
    private readonly desk: ModelDesk,
    private readonly sections: readonly ResearchedSection[],
    private readonly sources: CitedSources,
    private readonly missing: string,
  ) {
    this.filter = new CitationFilter(sources);
    const { runId } = run.task;
    this.out = new ReportText(run, desk.attempt === 1 ? `${runId}-report` : `${runId}-report-${desk.attempt}`);
  }

  /** A text that an earlier attempt has finished is shown as it was. */
  async write(): Promise<Draft> {
    let { out } = this;
    const draft = await this.desk.once('report', () => this.draft());
    if (out.text === '') await (out = new ReportText(this.run, draft.messageId)).write(draft.text);
    await out.end();
    return draft;
  }

  private async draft(): Promise<Draft> {
    const { out, filter, sources } = this;
    let problem: Report['problem'];
    let list = '';
    if (sources.size === 0) {
      problem = 'nothing_found';
      await out.write(`${this.title()}No source was found that answers this question.\n`);
    } else {
      if (await this.failsToWrite()) problem = this.raw.trim() === '' ? 'report_not_written' : 'report_cut';
      await out.write(filter.end());
      if (problem === 'report_not_written') await out.write(this.plainReport());
      if (problem === 'report_cut') await out.write('\n\n*The text ends here: it could not be finished.*');
      list = sources.list(new Set(claimsOf(out.text).flatMap(({ ids }) => ids)));
    }
    const bodyCharacters = out.text.length;
    if (list !== '') await out.write(`${out.text.endsWith('\n') ? '\n' : '\n\n'}${list}`);
    const { messageId, text } = out;
    return { messageId, text, bodyCharacters, ...(problem === undefined ? {} : { problem }) };
  }

  /** @returns why the text is not whole; nothing when it is */
  private async failsToWrite(): Promise<VanaError | BudgetSpent | 'too long' | undefined> {
    const prompt = reportPrompt(this.desk.question, this.sections, this.missing, (one) => this.sources.idOf(one));
    const first: ModelMessage = { role: 'user', content: prompt.slice(0, this.desk.readableCharacters) };
    let failure: VanaError | BudgetSpent | 'too long' = 'too long';
    for (let part = 1; part <= MOST_PARTS; part++) {
      const before = this.raw.length;
      const messages: ModelMessage[] = [first];
      if (before > 0) messages.push({ role: 'assistant', content: this.raw }, { role: 'user', content: GO_ON });
      try {
        const { cutOff } = await this.desk.call({
          ...{ instructions: REPORT_INSTRUCTIONS, messages, part: 'report', maxOutputTokens: REPORT_TOKENS },
          onText: async (piece) => {
            this.raw += piece;
            await this.out.write(this.filter.push(piece));
          },
        });
        if (!cutOff) return undefined;
      } catch (error) {
        this.desk.signal.throwIfAborted();
        if (!isModelFailure(error)) throw error;
        failure = error;
      }
      // What said nothing new, or must stop, is not asked to go on.
      if (failure instanceof BudgetSpent || this.raw.length === before) return failure;
    }
    return failure;
  }

  private title(): string {
    const line = this.desk.question.replace(/\s+/g, ' ').replace(/<(?=[a-z/!?])/gi, '\\<');
    return `# ${line.length <= TITLE_CHARACTERS ? line : `${line.slice(0, TITLE_CHARACTERS - 1)}…`}\n\n`;
  }

  private plainReport(): string {
    const parts = this.sections
      .filter(({ findings }) => findings.length > 0)
      .map(({ title, findings }) => `## ${title}\n\n${citedList(findings, (one) => this.sources.idOf(one))}\n`);
    return `${this.title()}The report could not be written. This is what was found.\n\n${parts.join('\n')}`;
  }
}
