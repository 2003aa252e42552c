// The AI SDK's streamText on Vana Stream: every token a message chunk, gathered by the publisher.
// VANA_URL, VANA_TOKEN, VANA_SESSION; LLM_BASE_URL and LLM_MODEL for a real model, else a scripted one answers.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { AgentRun } from '@vana/event-publisher';
import { simulateReadableStream, streamText } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';

const { VANA_URL, VANA_TOKEN, VANA_SESSION, LLM_BASE_URL, LLM_MODEL, LLM_API_KEY } = process.env;
const question = process.argv[2] ?? 'What is back-pressure?';
const ANSWER = 'Back-pressure lets a slow consumer tell a fast producer to wait.';
const AGENT = 'writer';

const run = await AgentRun.start({ url: VANA_URL, token: VANA_TOKEN, sessionId: VANA_SESSION }, question);
const tell = (type, data) => run.publish({ type, agent_id: AGENT, data });
const agent = { agentId: AGENT, agentName: AGENT };
const startedMs = performance.now();
void tell('agent_start', {
  ...{ ...agent, agentType: 'writer', action: question, status: 'current', parentAgent: null },
  ...{ executionStack: [AGENT], activeAgents: [AGENT] },
});

const messageId = `${run.runId}-answer`;
let content = '';
const { textStream } = streamText({ model: model(), prompt: question });
for await (const delta of textStream) {
  await run.ready();
  void tell('message_chunk', { messageId, agentId: AGENT, offset: content.length, delta });
  content += delta;
}
void tell('message_complete', { messageId, agentId: AGENT, offset: content.length, content });
const seconds = (performance.now() - startedMs) / 1000;
void tell('agent_complete', {
  ...{ ...agent, status: 'completed', executionTime: seconds, success: true, hasOutput: true },
  ...{ stateChanges: [], activeAgents: [] },
  metrics: { invocationCount: 1, averageExecutionTime: seconds, successRate: 1, toolsUsed: [] },
});
await run.finish({ report: content });
process.stdout.write(`run ${run.runId} is finished\n`);

function model() {
  if (LLM_BASE_URL !== undefined) {
    const provider = createOpenAICompatible({ name: 'llm', baseURL: LLM_BASE_URL, apiKey: LLM_API_KEY });
    return provider(LLM_MODEL);
  }
  const tokens = ANSWER.split(/(?<= )/).map((delta) => ({ type: 'text-delta', id: '1', delta }));
  const usage = { inputTokens: { total: 5 }, outputTokens: { total: tokens.length } };
  const chunks = [
    ...[
      { type: 'stream-start', warnings: [] },
      { type: 'text-start', id: '1' },
      ...tokens,
      { type: 'text-end', id: '1' },
    ],
    { type: 'finish', finishReason: { unified: 'stop', raw: 'stop' }, usage },
  ];
  return new MockLanguageModelV4({ doStream: async () => ({ stream: simulateReadableStream({ chunks }) }) });
}
