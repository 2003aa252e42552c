import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Notebook } from './notebook.js';
import type { Statement } from './notes.js';
import { readQuestion } from './question.js';
import { ResearchDesk } from './research-desk.js';
import { LAMP_FILES, smallCorpus, type SmallCorpus } from './spec/small-corpus.js';

describe('Notebook', () => {
  let small: SmallCorpus;
  let statements: Statement[];

  beforeAll(async () => {
    const older = LAMP_FILES['lamp/README.md'].replace('needs no cloud', 'needs no cloud at all');
    small = await smallCorpus({ ...LAMP_FILES, 'old/lamp/README.md': older });
    const desk = new ResearchDesk(small.corpus, readQuestion('How do I dim a light?', small.corpus));
    statements = desk.ranked(desk.passages(desk.baseTerms(), 50));
  });
  afterAll(() => small.remove());

  it('notes the same sentence of two documents once, and nothing twice', () => {
    const notebook = new Notebook();
    notebook.open([{ title: 'All', subQuestions: [] }]);
    const [section] = notebook.sections;
    const same = statements.filter(({ text }) => text.startsWith('To dim a light'));
    expect(same.map(({ document }) => document.path)).toEqual(['lamp/README.md', 'old/lamp/README.md']);
    expect(same.map((statement) => notebook.accept(section!, statement))).toEqual([true, false]);
    expect(notebook.accept(section!, same[0]!)).toBe(false);
    expect(notebook.statements).toEqual([same[0]]);
  });

  it('gives a passage to the section that claims it, else to the last one', () => {
    const notebook = new Notebook();
    notebook.open([
      { title: 'Lamp', subQuestions: [], claims: ({ document }) => document.name === 'lamp' },
      { title: 'Rest', subQuestions: [] },
    ]);
    const titles = statements.map(({ passage, document }) => [document.name, notebook.sectionOf(passage).plan.title]);
    for (const [name, title] of titles) expect(title).toBe(name === 'lamp' ? 'Lamp' : 'Rest');
    expect(new Set(titles.map(([, title]) => title)).size).toBe(2);
  });
});
