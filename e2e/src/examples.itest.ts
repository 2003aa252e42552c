// The examples as a user runs them, against the system as a user starts it.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SCOPES } from '@vana/events';
import { SET_UPS, startSystem, type RunningSystem } from './set-up.js';

const run = promisify(execFile);
const EXAMPLES = join(import.meta.dirname, '..', '..', 'examples');

interface Block {
  readonly event: string;
  readonly data: Record<string, unknown>;
}

describe.each(SET_UPS)('examples on the %s set-up', (setUp) => {
  let system: RunningSystem;
  let token: string;
  beforeAll(async () => {
    system = await startSystem(setUp, { RESEARCH_ENGINE: 'scripted' });
    token = await system.token('ada', { scopes: SCOPES });
  });
  afterAll(() => system.stop());

  const gateway = () => system.gateways[0]!;
  const runExample = async (session: string, command: string, ...args: string[]): Promise<string> => {
    const env = { ...process.env, VANA_URL: gateway(), VANA_TOKEN: token, VANA_SESSION: session };
    return (await run(command, args, { env, timeout: 30_000 })).stdout;
  };
  const get = async <T>(path: string): Promise<T> => {
    const answer = await fetch(gateway() + path, { headers: { authorization: `Bearer ${token}` } });
    return (await answer.json()) as T;
  };
  const storyOf = async (session: string): Promise<Block[]> =>
    (await get<{ events: Block[] }>(`/api/sessions/${session}/events`)).events;

  it('plain Python: begins a run, tells of its agents, finishes', async () => {
    const out = await runExample(
      'words',
      'python3',
      join(EXAMPLES, 'python-agent/agent.py'),
      join(EXAMPLES, 'README.md'),
    );
    expect(out).toMatch(/^run [\w-]+ is finished\n$/);
    const story = await storyOf('words');
    expect(story.map(({ event }) => event)).toEqual([
      ...['research_started', 'agent_start', 'agent_start', 'agent_complete', 'message_complete', 'agent_complete'],
      'research_complete',
    ]);
    expect(story.at(-1)!.data).toMatchObject({ status: 'completed', final_report: expect.stringContaining('events') });
    const reader = `reader ${join(EXAMPLES, 'README.md')}`;
    expect(await get('/api/sessions/words/agent-network')).toMatchObject({
      hierarchy: { counter: [reader] },
      agents: { [reader]: { invocation_count: 1, tools_used: ['file'], is_active: false } },
    });
  });

  it('AI SDK: streams its tokens as a message', async () => {
    await runExample('tokens', process.execPath, join(EXAMPLES, 'ai-sdk/agent.mjs'), 'What is back-pressure?');
    const story = await storyOf('tokens');
    const text = story
      .filter(({ event }) => event === 'message_chunk')
      .map(({ data }) => data['delta'])
      .join('');
    expect(text).toBe('Back-pressure lets a slow consumer tell a fast producer to wait.');
    expect(story.at(-1)!.data).toMatchObject({ status: 'completed', final_report: text });
  });
});
