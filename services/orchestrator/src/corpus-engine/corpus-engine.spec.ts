import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AGENT_TYPES } from '../engine/agent-types.js';
import { CorpusEngine } from './corpus-engine.js';
import { listedSources, problemsOf } from './spec/check-report.js';
import { recordRun, RUN_TASK } from './spec/recorded-run.js';
import { LAMP_FILES, smallCorpus, type SmallCorpus } from './spec/small-corpus.js';

/** A clock that moves with every look at it. */
function movingClock(stepMs: number): () => number {
  let now = Date.UTC(2026, 0, 1);
  return () => (now += stepMs);
}

const ABOUT_DIMMING = 'How do I dim a light?';

describe('CorpusEngine', () => {
  let small: SmallCorpus;

  beforeAll(async () => {
    small = await smallCorpus(LAMP_FILES);
  });
  afterAll(() => small.remove());

  it('answers from the documents, with a source for every statement', async () => {
    const { status, finalReport } = await recordRun(small.corpus, ABOUT_DIMMING, movingClock(7));
    expect(status).toBe('completed');
    expect(finalReport).toContain('# How do I dim a light?\n\n**Short answer.**');
    expect(finalReport).toContain('To dim a light, call `lamp.dim(level)` with a level between 0 and 1.');
    expect(finalReport).toContain("```js\nconst lamp = require('lamp');");
    expect(finalReport).not.toContain('ci.example');
    expect(finalReport).not.toContain('MIT');
    expect(await problemsOf(finalReport, small.dir)).toEqual([]);
    expect(listedSources(finalReport)[0]).toMatchObject({ path: 'lamp/README.md', line: 9, heading: 'lamp › Usage' });
  });

  it('quotes HTML and plain text by their lines', async () => {
    const html = await recordRun(small.corpus, 'Why do people dim lights in the evening?', movingClock(7));
    expect(html.status).toBe('completed');
    expect(await problemsOf(html.finalReport, small.dir)).toEqual([]);
    expect(listedSources(html.finalReport)[0]).toEqual({
      shortId: 'src-1',
      path: 'pages/about.html',
      line: 2,
      heading: 'About dimming',
      quote: 'People dim lights in the evening because <em>bright</em> light keeps them awake.',
    });
    const text = await recordRun(small.corpus, 'How many years do batteries last?', movingClock(7));
    expect(listedSources(text.finalReport)[0]).toMatchObject({ path: 'notes.txt', line: 3, heading: 'NOTES' });
  });

  it('defines what a document is about', async () => {
    const { status, finalReport } = await recordRun(small.corpus, 'What is lamp?', movingClock(7));
    expect(status).toBe('completed');
    expect(finalReport).toContain(
      '**Short answer.** Lamp is a small library that dims electric lights over the network.',
    );
  });

  it('says that the documents do not answer, and what was searched', async () => {
    const { status, reason, finalReport, dataOf } = await recordRun(
      small.corpus,
      'Which whales sing at night?',
      movingClock(7),
    );
    expect({ status, reason }).toEqual({ status: 'partial', reason: 'not_in_corpus' });
    expect(finalReport).toContain('**The documents do not answer this question.**');
    expect(finalReport).toContain('4 documents (');
    expect(finalReport).toContain('- “whales”: in no passage');
    expect(finalReport).not.toContain('[src-');
    expect(dataOf('research_sources')).toEqual([{ sources: [], totalSources: 0 }]);
  });

  it('says which part is not answered', async () => {
    const { status, reason, finalReport } = await recordRun(
      small.corpus,
      'How do I dim a light with a telescope?',
      movingClock(7),
    );
    expect({ status, reason }).toEqual({ status: 'partial', reason: 'partly_in_corpus' });
    expect(finalReport).toContain('They say nothing about “telescope”.');
    expect(await problemsOf(finalReport, small.dir)).toEqual([]);
  });

  it('survives questions without words, and words that are markup', async () => {
    const nothing = await recordRun(small.corpus, '?', movingClock(7));
    expect(nothing.finalReport).toContain('The question holds no word to search for.');
    const markup = await recordRun(small.corpus, '<script>alert(1)</script> [src-9](x)\n# dim light', movingClock(7));
    expect(markup.finalReport.split('\n')[0]).toContain('\\<script>');
    expect(markup.finalReport).not.toMatch(/(?<!\\)<script/);
  });

  it('gives the same report whatever the clock says', async () => {
    const first = await recordRun(small.corpus, ABOUT_DIMMING, movingClock(1));
    const second = await recordRun(small.corpus, ABOUT_DIMMING, movingClock(9999));
    expect(second.finalReport).toBe(first.finalReport);
  });

  it('writes the report in chunks that join without a gap', async () => {
    const { finalReport, dataOf } = await recordRun(small.corpus, ABOUT_DIMMING, movingClock(7));
    let text = '';
    for (const { offset, delta } of dataOf('message_chunk')) {
      expect(offset).toBe(text.length);
      text += delta;
    }
    expect(text).toBe(finalReport);
    expect(dataOf('message_complete')).toMatchObject([{ messageId: 'run-1-report', content: finalReport }]);
  });

  it('tells of its sources what the report says of them', async () => {
    const { finalReport, dataOf } = await recordRun(small.corpus, ABOUT_DIMMING, movingClock(7));
    const [event] = dataOf('research_sources');
    expect(event!.totalSources).toBe(event!.sources.length);
    expect(event!.sources.map(({ shortId, line }) => [shortId, line])).toEqual(
      listedSources(finalReport).map(({ shortId, line }) => [shortId, line]),
    );
    expect(event!.sources[0]).toMatchObject({
      url: 'corpus:lamp/README.md#L9',
      domain: 'corpus',
      heading: 'lamp › Usage',
      headingLine: 7,
    });
  });

  it('shows six agents at work, measured, one inside the other', async () => {
    const { events, dataOf } = await recordRun(small.corpus, ABOUT_DIMMING, movingClock(7));
    const starts = dataOf('agent_start');
    expect(new Set(starts.map(({ agentName }) => agentName))).toEqual(new Set(AGENT_TYPES));
    expect(starts.slice(1).every(({ parentAgent }) => parentAgent === 'team_leader')).toBe(true);
    expect(dataOf('agent_complete')).toHaveLength(starts.length);
    expect(dataOf('agent_complete').every(({ executionTime, success }) => executionTime > 0 && success)).toBe(true);
    const snapshot = dataOf('agent_network_snapshot').at(-1)!;
    expect(snapshot.hierarchy).toEqual({ team_leader: AGENT_TYPES.slice(1) });
    expect(snapshot.execution_stack).toEqual([]);
    for (const [name, { invocation_count, is_active, success_rate }] of Object.entries(snapshot.agents)) {
      expect(invocation_count).toBe(starts.filter(({ agentName }) => agentName === name).length);
      expect([is_active, success_rate]).toEqual([false, 1]);
    }
    const delegated = snapshot.relationships.find(
      ({ type, target }) => type === 'delegates_to' && target === 'researcher',
    );
    expect(delegated!.interaction_count).toBe(snapshot.agents['researcher']!.invocation_count);
    const missing = [
      'agent_network_update',
      'agent_network_snapshot',
      'agent_progress',
      'agent_substep',
      'thinking_update',
      'research_progress',
    ].filter((type) => !events.some((event) => event.type === type));
    expect(missing).toEqual([]);
    expect(
      dataOf('agent_network_update')
        .at(-1)!
        .agents.every(({ status }) => status === 'completed'),
    ).toBe(true);
  });

  it('measures progress by work done: it only grows, up to 1', async () => {
    for (const question of [ABOUT_DIMMING, 'Which whales sing at night?', '?']) {
      const { dataOf } = await recordRun(small.corpus, question, movingClock(7));
      const progress = dataOf('research_progress').map(({ overall_progress }) => overall_progress);
      expect(progress).toEqual([...progress].sort((left, right) => left - right));
      expect(progress.at(-1)).toBe(1);
      expect(progress[0]).toBeLessThan(0.5);
    }
  });

  it('stops at once when it is cancelled, also while the bus hangs', async () => {
    const engine = new CorpusEngine(small.corpus, { clock: { now: movingClock(7) } });
    const reason = new Error('cancelled');
    const task = { ...RUN_TASK, query: ABOUT_DIMMING };
    await expect(engine.run(task, async () => undefined, AbortSignal.abort(reason))).rejects.toBe(reason);

    const controller = new AbortController();
    let emitted = 0;
    const hang = async (): Promise<void> => {
      if (++emitted < 20) return;
      setImmediate(() => controller.abort(reason));
      await new Promise(() => undefined);
    };
    await expect(engine.run(task, hang, controller.signal)).rejects.toBe(reason);
    expect(emitted).toBe(20);
  });

  it('passes on what the bus fails with, and shows the agent as failed', async () => {
    const engine = new CorpusEngine(small.corpus, { clock: { now: movingClock(7) } });
    const failure = new Error('bus');
    const failed: unknown[] = [];
    let first = true;
    const emit: Parameters<CorpusEngine['run']>[1] = async ({ type, data }) => {
      if (type === 'agent_complete') failed.push(data['success']);
      if (type !== 'agent_substep' || !first) return;
      first = false;
      throw failure;
    };
    const run = engine.run({ ...RUN_TASK, query: ABOUT_DIMMING }, emit, new AbortController().signal);
    await expect(run).rejects.toBe(failure);
    expect(failed).toEqual([false]);
  });
});

describe('problemsOf', () => {
  it('finds what is wrong with a report', async () => {
    const small = await smallCorpus(LAMP_FILES);
    try {
      const { finalReport } = await recordRun(small.corpus, ABOUT_DIMMING, movingClock(7));
      const spoiled: [string, string | RegExp, string][] = [
        ['another line', 'line 9', 'line 12'],
        ['another file', '`lamp/README.md`, line 9', '`lamp/NOTHING.md`, line 9'],
        ['another heading', 'lamp › Usage', 'lamp › Voltage'],
        ['an invented statement', 'To dim a light, call', 'To dim a light, never call'],
        ['an unknown source', '[src-1]', '[src-77]'],
        ['a statement without a source', ' [src-1]', ''],
      ];
      for (const [what, from, to] of spoiled) {
        const report = finalReport.replace(from, to);
        expect(report).not.toBe(finalReport);
        expect({ what, problems: await problemsOf(report, small.dir) }).not.toEqual({ what, problems: [] });
      }
    } finally {
      await small.remove();
    }
  });
});
