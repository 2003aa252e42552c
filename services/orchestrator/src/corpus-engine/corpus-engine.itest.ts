// The engine on documents by others: the README files of the installed packages.
import { beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import type { Corpus } from '../corpus/corpus.js';
import { openCorpus } from '../corpus/open-corpus.js';
import { listedSources, problemsOf } from './spec/check-report.js';
import { recordRun } from './spec/recorded-run.js';

const DIR = join(import.meta.dirname, '../../../../node_modules');
const ANSWERED = [
  'How can I limit concurrency of promises?',
  'How does fastify handle request validation?',
  'What is fastify?',
  'How do I parse YAML in JavaScript?',
  'How can I validate JWT tokens?',
  'How does semver compare versions?',
  'What does the glob pattern ** match?',
  'How do I create a Redis cluster client with ioredis?',
];
const PARTLY = ['How do I resume a Server-Sent Events stream after a disconnect?', 'How do I schedule a cron job?'];
const NOT_ANSWERED = [
  'What is the capital of France?',
  'Who won the world cup in 2022?',
  'How do I bake a chocolate cake?',
  'What is love?',
];
/** Five times the 20 seconds that a run may take: tests share their machine. */
const PATIENCE_MS = 100_000;

describe('corpus engine over the README files of the installed packages', () => {
  let corpus: Corpus;
  let openedInMs: number;

  beforeAll(async () => {
    const start = performance.now();
    corpus = await openCorpus({ dir: DIR, names: 'readme*' });
    openedInMs = performance.now() - start;
  }, PATIENCE_MS);

  it('reads at least 700 documents, each content once', () => {
    expect(corpus.stats.files).toBeGreaterThanOrEqual(700);
    expect(corpus.stats.documents).toBeGreaterThan(600);
    expect(corpus.stats.documents + corpus.stats.duplicates).toBeLessThanOrEqual(corpus.stats.files);
    expect(openedInMs).toBeLessThan(PATIENCE_MS / 5);
  });

  it.each(ANSWERED)('answers: %s', async (question) => {
    const { status, finalReport, reason } = await recordRun(corpus, question, () => performance.now());
    expect({ status, reason }).toEqual({ status: 'completed', reason: undefined });
    expect(await problemsOf(finalReport, DIR)).toEqual([]);
    expect(listedSources(finalReport).length).toBeGreaterThanOrEqual(1);
  });

  it.each(PARTLY)('answers in part, and says so: %s', async (question) => {
    const { status, finalReport, reason } = await recordRun(corpus, question, () => performance.now());
    expect({ status, reason }).toEqual({ status: 'partial', reason: 'partly_in_corpus' });
    expect(finalReport).toContain('**The documents answer this question only in part.**');
    expect(finalReport).toContain('## What was searched');
    expect(await problemsOf(finalReport, DIR)).toEqual([]);
  });

  it.each(NOT_ANSWERED)('says that there is no answer: %s', async (question) => {
    const { status, finalReport, reason, dataOf } = await recordRun(corpus, question, () => performance.now());
    expect({ status, reason }).toEqual({ status: 'partial', reason: 'not_in_corpus' });
    expect(finalReport).toContain('**The documents do not answer this question.**');
    expect(finalReport).not.toContain('[src-');
    expect(dataOf('research_sources')).toEqual([{ sources: [], totalSources: 0 }]);
  });

  it('puts the package made for it first', async () => {
    const { finalReport } = await recordRun(corpus, ANSWERED[0]!, () => performance.now());
    expect(listedSources(finalReport)[0]!.path).toMatch(/^p-limit\//);
  });

  it('gives the same report for the same question, also from a corpus that was read anew', async () => {
    const again = await openCorpus({ dir: DIR, names: 'readme*' });
    for (const question of [ANSWERED[1]!, ANSWERED[3]!, PARTLY[0]!, NOT_ANSWERED[0]!]) {
      const first = await recordRun(corpus, question, () => performance.now());
      const second = await recordRun(again, question, () => 5);
      expect(second.finalReport).toBe(first.finalReport);
      expect(second.dataOf('research_sources')).toEqual(first.dataOf('research_sources'));
    }
  }, 60_000);

  it('stores at most 400 events, and progress only grows, up to 1', async () => {
    for (const question of [...ANSWERED, ...PARTLY, ...NOT_ANSWERED]) {
      const { events, dataOf } = await recordRun(corpus, question, () => performance.now());
      // The orchestrator adds research_queued, research_started and research_complete.
      expect(events.length).toBeLessThanOrEqual(397);
      const progress = dataOf('research_progress').map(({ overall_progress }) => overall_progress);
      expect(progress).toEqual([...progress].sort((left, right) => left - right));
      expect(progress.at(-1)).toBe(1);
      expect(new Set(progress).size).toBeGreaterThan(5);
    }
  });

  it('lets the event loop turn while it works', async () => {
    let longestMs = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longestMs = Math.max(longestMs, performance.now() - last);
      last = performance.now();
    }, 5);
    await recordRun(corpus, ANSWERED[1]!, () => performance.now());
    longestMs = Math.max(longestMs, performance.now() - last);
    clearInterval(timer);
    expect(longestMs).toBeLessThan(1000);
  });
});
