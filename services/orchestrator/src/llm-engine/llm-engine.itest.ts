// Whole runs of the engine against a real HTTP server that speaks the streaming protocol, well and with its faults.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { AGENT_TYPES } from '../engine/agent-types.js';
import { LAMP_FILES, smallCorpus, type SmallCorpus } from '../corpus-engine/spec/small-corpus.js';
import { searchDocuments } from '../tools/search-documents.js';
import type { ResearchTool } from '../tools/research-tool.js';
import type { LlmScript } from '@vana/test-kit';
import { fasterClock, startRun, type LlmRun, type LlmRunOptions } from '../spec/llm/llm-run.js';
import {
  GOOD_ANSWERS,
  lastToolResult,
  lastUserMessage,
  roleOf,
  scriptedModel,
  type Role,
} from '../spec/llm/scripted-model.js';

const REPORT =
  '# Dimming lights\n\nA light is dimmed with `lamp.dim(level)` [src-1].\n\n## Limits\n\nThe driver limits it [src-2]. ' +
  'Nobody knows more. See this.\n\n## Sources\n\n' +
  '- **[src-1]** `lamp/README.md`, line 9, under “Usage”\n' +
  '- **[src-2]** `lamp/README.md`, line 20, under “Brightness limits”\n';

describe('LlmEngine', () => {
  let small: SmallCorpus;
  let tools: readonly ResearchTool[];
  const runs: LlmRun[] = [];
  const start = async (script: LlmScript, options: Partial<LlmRunOptions> = {}): Promise<LlmRun> => {
    const run = await startRun(script, { tools, ...options });
    runs.push(run);
    return run;
  };
  const callsOf = ({ server }: LlmRun, role: Role) => server.requests.filter((request) => roleOf(request) === role);

  beforeAll(async () => {
    small = await smallCorpus(LAMP_FILES);
    tools = [searchDocuments(small.corpus)];
  });
  afterEach(async () => {
    for (const { server } of runs.splice(0)) await server.close();
  });
  afterAll(() => small.remove());

  it('researches and writes a report whose citations resolve', async () => {
    const run = await start(scriptedModel());
    expect(await run.outcome).toEqual({ status: 'completed', finalReport: REPORT });
    const { server, dataOf, events } = run;
    expect(
      server.requests.every(({ authorization, model }) => authorization === 'Bearer key-1' && model === 'scripted'),
    ).toBe(true);
    expect(
      dataOf('message_chunk')
        .map(({ delta }) => delta)
        .join(''),
    ).toBe(REPORT);
    let offset = 0;
    for (const chunk of dataOf('message_chunk')) {
      expect(chunk.offset).toBe(offset);
      offset += chunk.delta.length;
    }
    expect(dataOf('message_complete')).toEqual([expect.objectContaining({ content: REPORT })]);
    expect(JSON.stringify(events)).not.toMatch(/src-77|src-99|evil\.example/);
    const last = dataOf('research_sources').at(-1)!;
    expect(last.sources).toEqual([
      expect.objectContaining({
        ...{ shortId: 'src-1', url: 'corpus:lamp/README.md#L9', heading: 'Usage', line: 9 },
        supportedClaims: [{ textSegment: 'A light is dimmed with `lamp.dim(level)`.', confidence: expect.any(Number) }],
      }),
      expect.objectContaining({ shortId: 'src-2', url: 'corpus:lamp/README.md#L20' }),
    ]);
    expect(last.sources[0]!.supportedClaims[0]!.confidence).toBeGreaterThan(0.5);
  });

  it('shows six agents, researchers side by side under theirs, and progress up to 1', async () => {
    const { outcome, events, dataOf } = await start(scriptedModel());
    await outcome;
    const started = dataOf('agent_start');
    expect(new Set(started.map(({ agentType }) => agentType))).toEqual(new Set(AGENT_TYPES));
    const researchers = events.filter(
      ({ type, agentId }) => type === 'agent_start' && agentId?.startsWith('researcher'),
    );
    expect(researchers.map(({ agentId, parentAgentId }) => [agentId, parentAgentId])).toEqual([
      ['researcher', 'team_leader'],
      ['researcher-1', 'researcher'],
      ['researcher-2', 'researcher'],
    ]);
    expect(dataOf('agent_complete').filter(({ success }) => success).length).toBe(started.length);
    const { hierarchy, agents, relationships } = dataOf('agent_network_snapshot').at(-1)!;
    expect(hierarchy['researcher']).toEqual(['researcher-1', 'researcher-2']);
    expect(agents['researcher-1']!.tools_used).toEqual(['search_documents']);
    expect(relationships).toContainEqual(
      expect.objectContaining({
        source: 'researcher',
        target: 'evaluator',
        type: 'provides_data',
        interaction_count: 2,
      }),
    );
    const progress = dataOf('research_progress').map(({ overall_progress }) => overall_progress);
    expect(progress).toEqual([...progress].sort((left, right) => left - right));
    expect(progress.at(-1)).toBe(1);
  });

  it('researches sections at the same time, within the calls at once', async () => {
    const together = async (callsAtOnce: number): Promise<number> => {
      let [now, most] = [0, 0];
      const script = scriptedModel();
      const run = await start(
        async (request) => {
          most = Math.max(most, ++now);
          await new Promise((resolve) => setTimeout(resolve, 40));
          now--;
          return script(request);
        },
        { callsAtOnce },
      );
      expect(await run.outcome).toMatchObject({ status: 'completed' });
      return most;
    };
    expect(await together(8)).toBe(2);
    expect(await together(1)).toBe(1);
  });

  it('tells tokens as they come', async () => {
    let early = 0;
    const run = await start(scriptedModel({ report: { ...GOOD_ANSWERS.report({} as never), tokenDelayMs: 4 } }), {
      onEvent: ({ type }) => {
        if (type === 'message_chunk' && run?.server.open > 0) early++;
      },
    });
    expect(await run.outcome).toMatchObject({ finalReport: REPORT });
    expect(early).toBeGreaterThan(10);
  });

  it('puts tool-call arguments together that come letter by letter', async () => {
    const run = await start(
      scriptedModel({ research: (request) => ({ ...GOOD_ANSWERS.research(request), tokenCharacters: 1 }) }),
    );
    expect(await run.outcome).toMatchObject({ status: 'completed', finalReport: REPORT });
  });

  describe('faults of the model server', () => {
    /** Waits pass a hundred times as fast; the time budget does not matter here. */
    const fast = { clock: fasterClock(100), budget: { timeMs: 100_000_000 } };

    it.each([
      ['500', { kind: 'status', status: 500 }],
      ['503 without a date', { kind: 'status', status: 503, retryAfter: 'soon' }],
      ['a cut before the first token', { kind: 'cut', afterTokens: 0 }],
      ['a cut in mid-stream', { kind: 'cut', afterTokens: 3 }],
      ['an end without a reason', { kind: 'unfinished', afterTokens: 5 }],
      ['a garbage chunk', { kind: 'garbage', afterTokens: 3 }],
      ['silence', { kind: 'silent', afterTokens: 2 }],
    ] as const)('gets over %s in every agent before the report', async (_what, fault) => {
      const once = (role: Role) => [{ ...GOOD_ANSWERS[role]({ messages: [] } as never), fault }, undefined] as const;
      const run = await start(
        scriptedModel({
          ...{ plan: once('plan') as never, sections: once('sections') as never, evaluate: once('evaluate') as never },
          research: [{ text: 'x'.repeat(40), fault }],
        }),
        fast,
      );
      expect(await run.outcome).toEqual({ status: 'completed', finalReport: REPORT });
      for (const role of ['plan', 'sections', 'evaluate'] as const) expect(callsOf(run, role).length).toBe(2);
      expect(callsOf(run, 'research').length).toBe(5);
    });

    it('waits as long as a busy server asks for, with all its calls', async () => {
      const fault = { kind: 'status', status: 429, retryAfter: '20' } as const;
      const run = await start(scriptedModel({ research: [{ fault }] }), fast);
      expect(await run.outcome).toMatchObject({ status: 'completed' });
      const times = callsOf(run, 'research').map(({ receivedMs }) => receivedMs);
      // The two first ones were on their way together; twenty seconds are 200 ms here.
      expect(times[2]! - times[0]!).toBeGreaterThan(190);
    });

    it('does not wait for an hour', async () => {
      const run = await start(
        scriptedModel({ plan: { fault: { kind: 'status', status: 429, retryAfter: '3600' } } }),
        fast,
      );
      await expect(run.outcome).rejects.toMatchObject({
        code: 'model_unavailable',
        details: { tries: 1, status: 429 },
      });
    });

    it('gives up after four tries', async () => {
      const run = await start(scriptedModel({ plan: { fault: { kind: 'status', status: 500 } } }), fast);
      await expect(run.outcome).rejects.toMatchObject({
        code: 'model_unavailable',
        details: { tries: 4, status: 500 },
      });
      expect(run.server.requests.length).toBe(4);
    });

    it.each([400, 401, 403, 404])('does not repeat what is refused with %d', async (status) => {
      const run = await start(scriptedModel({ plan: { fault: { kind: 'status', status } } }));
      await expect(run.outcome).rejects.toMatchObject({ code: 'model_refused', details: { tries: 1, status } });
      await expect(run.outcome).rejects.not.toHaveProperty('cause');
    });

    it('goes on with a report that was cut off, where it stopped', async () => {
      const [first, second] = ['# Lamps\n\nThey dim [src-1]. They al', 'so break [src-2].'];
      const cut = { text: first, tokenDelayMs: 3, fault: { kind: 'cut', afterTokens: 9 } } as const;
      const run = await start(scriptedModel({ report: [cut, { text: second }] }), fast);
      const { status, finalReport } = await run.outcome;
      expect(status).toBe('completed');
      expect(finalReport).toContain('# Lamps\n\nThey dim [src-1]. They also break [src-2].\n\n## Sources\n');
      expect(callsOf(run, 'report')[1]!.messages.at(-2)).toMatchObject({ role: 'assistant', content: first });
      expect(
        run
          .dataOf('message_chunk')
          .map(({ delta }) => delta)
          .join(''),
      ).toBe(finalReport);
    });

    it('goes on with a report that was too long for one answer', async () => {
      const run = await start(
        scriptedModel({ report: [{ text: '# Lamps dim', finishReason: 'length' }, { text: ' well [src-1].' }] }),
      );
      expect(await run.outcome).toMatchObject({
        ...{ status: 'completed', finalReport: expect.stringContaining('# Lamps dim well [src-1].\n\n## Sources') },
      });
    });

    it('ends partial with a report that is cut off again and again', async () => {
      const report = { text: '# Lamps dim [src-1]. ', fault: { kind: 'garbage', afterTokens: 5 } } as const;
      const run = await start(scriptedModel({ report }), fast);
      expect(await run.outcome).toMatchObject({
        ...{ status: 'partial', reason: 'report_cut' },
        finalReport: expect.stringMatching(/dim \[src-1\][^]*could not be finished[^]*## Sources/),
      });
      expect(callsOf(run, 'report').length).toBe(3);
    });

    it('ends partial with the findings when there is no report', async () => {
      const run = await start(scriptedModel({ report: { fault: { kind: 'status', status: 500 } } }), fast);
      const { status, reason, finalReport } = await run.outcome;
      expect({ status, reason }).toEqual({ status: 'partial', reason: 'report_not_written' });
      expect(finalReport).toContain('## Dimming\n\n- Call lamp.dim(level) [src-1]\n');
      expect(finalReport).toContain('- **[src-2]** `lamp/README.md`, line 20');
      expect(run.dataOf('message_complete')[0]!.content).toBe(finalReport);
    });

    it('ends partial when one researcher is failed by the model', async () => {
      const refused = { fault: { kind: 'status', status: 400 } } as const;
      const run = await start(
        scriptedModel({ research: (request) => (lastUserMessage(request).includes('Limits') ? refused : undefined) }),
      );
      expect(await run.outcome).toMatchObject({ status: 'partial', reason: 'research_incomplete' });
    });

    it('fails when the model fails all of them', async () => {
      const run = await start(scriptedModel({ research: { fault: { kind: 'status', status: 400 } } }));
      await expect(run.outcome).rejects.toMatchObject({ code: 'model_refused' });
    });

    it('ends partial when nobody judged', async () => {
      const run = await start(scriptedModel({ evaluate: { text: 'Well done, everybody.' } }));
      expect(await run.outcome).toMatchObject({ status: 'partial', reason: 'not_evaluated', finalReport: REPORT });
      expect(callsOf(run, 'evaluate').length).toBe(2);
    });
  });

  describe('budgets', () => {
    it.each([true, false])('ends partial when the tokens are spent; the server counts them: %s', async (usage) => {
      const run = await start(
        scriptedModel({
          research: (request) => ({
            ...{ text: 'Let me think. '.repeat(400), usage },
            toolCalls: [{ name: 'search_documents', input: { query: `dim ${request.number}` } }],
          }),
          report: { text: '# Lamps\n\nThey dim [src-1].\n', usage },
        }),
        { budget: { tokens: 20_000 } },
      );
      const { status, reason, finalReport } = await run.outcome;
      expect({ status, reason }).toEqual({ status: 'partial', reason: 'budget_tokens' });
      expect(finalReport).toContain('They dim [src-1].');
      expect(callsOf(run, 'report').length).toBe(1);
    });

    it('writes what was found without the model when no tokens are left for it', async () => {
      const run = await start(scriptedModel(), { budget: { tokens: 2_500 } });
      expect(await run.outcome).toMatchObject({ status: 'partial', reason: 'budget_tokens' });
      expect(callsOf(run, 'report').every(({ maxTokens }) => maxTokens! < 2_500)).toBe(true);
    });

    it('ends partial when the tool calls are used up', async () => {
      const run = await start(scriptedModel(), { budget: { toolCalls: 1 } });
      const { status, reason, finalReport } = await run.outcome;
      expect({ status, reason }).toEqual({ status: 'partial', reason: 'budget_tool_calls' });
      expect(finalReport).toContain('[src-1]');
    });

    it('ends partial when the time is over, and hangs up', async () => {
      const run = await start(
        scriptedModel({
          research: (request) =>
            lastToolResult(request) === '' ? undefined : { text: '- slow [s1] '.repeat(500), tokenDelayMs: 10 },
        }),
        { budget: { timeMs: 2_000 } },
      );
      const started = performance.now();
      expect(await run.outcome).toMatchObject({ status: 'partial', reason: 'budget_time' });
      expect(performance.now() - started).toBeLessThan(4_000);
      expect(callsOf(run, 'research').filter(({ cancelledMs }) => cancelledMs !== undefined).length).toBe(2);
      expect(callsOf(run, 'report').length).toBe(1);
    });
  });

  describe('evaluation', () => {
    it('sends researchers out again for what is missing', async () => {
      const fail = '{"verdict": "FAIL", "missing": "RLP", "follow_up": [{"section": "2", "question": "What is RLP?"}]}';
      const run = await start(
        scriptedModel({
          evaluate: [{ text: fail }],
          research: (request) => {
            if (!lastUserMessage(request).includes('RLP')) return undefined;
            return lastToolResult(request) === ''
              ? { toolCalls: [{ name: 'search_documents', input: { query: 'RLP messages' } }] }
              : { text: '- RLP messages are resent three times [s1]' };
          },
        }),
      );
      expect(await run.outcome).toMatchObject({ status: 'completed' });
      expect(callsOf(run, 'evaluate').length).toBe(2);
      const prompt = lastUserMessage(callsOf(run, 'report')[0]!);
      expect(prompt).toMatch(
        /## Limits\n- The driver limits brightness \[src-2\]\n- RLP messages are resent three times/,
      );
    });

    it('ends after five rounds', async () => {
      const run = await start(
        scriptedModel({
          evaluate: ({ number }) => ({ text: `{"verdict":"fail","follow_up":["Is it ${number}?"]}` }),
        }),
      );
      expect(await run.outcome).toMatchObject({ status: 'partial', reason: 'not_answered' });
      expect(callsOf(run, 'evaluate').length).toBe(5);
    });
  });

  describe('models that do not do as they are told', () => {
    it('plans for a model that gives no plan', async () => {
      const run = await start(scriptedModel({ plan: { text: 'I cannot.' }, sections: { text: '{"sections": []}' } }));
      expect(await run.outcome).toMatchObject({ status: 'completed' });
      expect(lastUserMessage(callsOf(run, 'research')[0]!)).toContain('Your part: Findings');
    });

    it('searches for a model that calls no tools', async () => {
      const run = await start(
        scriptedModel({
          research: ({ messages }) => ({
            text: messages.length < 4 ? 'Lamps are bright.' : '- The driver limits it [s1]',
          }),
        }),
      );
      expect(await run.outcome).toMatchObject({ status: 'completed' });
      expect(run.dataOf('agent_network_snapshot').at(-1)!.agents['researcher-1']!.tools_used).toEqual([
        'search_documents',
      ]);
    });

    it('tells a model what is wrong with its tool calls', async () => {
      const run = await start(
        scriptedModel({
          research: (request) => {
            const answers = request.messages.filter(({ role }) => role === 'tool').map(({ content }) => content);
            const calls = [
              { name: 'open_door', input: {} },
              { name: 'search_documents', input: { words: 1 } },
              { name: 'search_documents', input: '{"query": "dim' },
              { name: 'search_documents', input: { query: 'dim' } },
            ];
            const next = calls[answers.length];
            if (next) return { toolCalls: [next] };
            expect(answers).toEqual([
              'There is no such tool.',
              expect.stringContaining('does not fit: query'),
              expect.stringContaining('does not fit'),
              expect.stringContaining('[s1]'),
            ]);
            return { text: '- It dims [s1]' };
          },
        }),
      );
      expect(await run.outcome).toMatchObject({ status: 'completed' });
    });

    it('says so when nothing is found, and asks for no report', async () => {
      const run = await start(
        scriptedModel({
          research: (request) =>
            lastToolResult(request) === ''
              ? { toolCalls: [{ name: 'search_documents', input: { query: 'volcano' } }] }
              : { text: 'nothing found' },
        }),
      );
      const { status, reason, finalReport } = await run.outcome;
      expect({ status, reason }).toEqual({ status: 'partial', reason: 'nothing_found' });
      expect(finalReport).toBe(
        '# How are lights dimmed, and what limits them?\n\nNo source was found that answers this question.\n',
      );
      expect(callsOf(run, 'report')).toEqual([]);
      expect(run.dataOf('research_sources')[0]).toEqual({ sources: [], totalSources: 0 });
    });
  });

  it.each(['plan', 'research', 'report'] as const)('stops at once when it is cancelled during %s', async (role) => {
    const stop = new AbortController();
    const endless = { text: 'word '.repeat(2_000), tokenDelayMs: 5 };
    const run = await start(scriptedModel({ [role]: endless }), { signal: stop.signal });
    while (callsOf(run, role).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const before = performance.now();
    stop.abort(new Error('cancelled'));
    await expect(run.outcome).rejects.toThrow('cancelled');
    expect(performance.now() - before).toBeLessThan(500);
    while (run.server.open > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(performance.now() - before).toBeLessThan(1_000);
    const told = run.events.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(run.events.length).toBe(told);
  });

  describe('a run that is taken over', () => {
    /** Keeps results as the store does, until the worker is lost. */
    const keptSteps = (kept: Map<string, string>, until: () => boolean = () => false) => ({
      once: async <T>(name: string, work: () => Promise<T>): Promise<T> => {
        const known = kept.get(name);
        if (known !== undefined) return JSON.parse(known) as T;
        const result = await work();
        if (!until()) kept.set(name, JSON.stringify(result));
        return result;
      },
    });
    const lanes = ({ events }: LlmRun) => {
      const found = new Map<string, unknown[]>();
      for (const { type, agentId, data } of events) {
        if (['agent_network_update', 'agent_network_snapshot', 'research_progress', 'message_chunk'].includes(type))
          continue;
        const { executionStack, activeAgents, executionTime, elapsedTime, estimatedRemaining, metrics, ...rest } = data;
        found.set(`${type} ${agentId}`, [...(found.get(`${type} ${agentId}`) ?? []), rest]);
      }
      return found;
    };

    it('repeats no finished model call and tells each agent’s events in the same order', async () => {
      const kept = new Map<string, string>();
      const first = await start(scriptedModel(), { task: { steps: keptSteps(kept) } });
      const outcome = await first.outcome;
      const second = await start(scriptedModel(), { task: { steps: keptSteps(kept), attempt: 2 } });
      expect(await second.outcome).toEqual(outcome);
      expect(second.server.requests).toEqual([]);
      expect(lanes(second)).toEqual(lanes(first));
      expect(
        second
          .dataOf('message_chunk')
          .map(({ delta }) => delta)
          .join(''),
      ).toBe(outcome.finalReport);
    });

    it('writes a report that was not finished anew, as another message', async () => {
      const kept = new Map<string, string>();
      const first = await start(scriptedModel(), {
        task: { steps: keptSteps(kept, () => callsOf(first, 'report').length > 0) },
      });
      await first.outcome;
      const report = { text: '# Another text [src-2].' };
      const second = await start(scriptedModel({ report }), { task: { steps: keptSteps(kept), attempt: 2 } });
      expect(await second.outcome).toMatchObject({ finalReport: expect.stringContaining('# Another text [src-2].') });
      expect(second.server.requests.length).toBe(1);
      expect(new Set(second.dataOf('message_chunk').map(({ messageId }) => messageId))).toEqual(
        new Set(['run-1-report-2']),
      );
    });
  });
});
