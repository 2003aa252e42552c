// A LangGraph.js graph on Vana Stream: every node an agent, its updates as they come.
// VANA_URL, VANA_TOKEN, VANA_SESSION. The nodes are plain functions here; call your models in them.
import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import { AgentRun } from '../../libs/event-publisher/dist/index.js';

const { VANA_URL, VANA_TOKEN, VANA_SESSION } = process.env;
const question = process.argv[2] ?? 'Why do caches evict entries?';

const State = Annotation.Root({ question: Annotation(), plan: Annotation(), report: Annotation() });
const graph = new StateGraph(State)
  .addNode('planner', async (state) => ({ plan: [`Define the terms of: ${state.question}`, 'Answer it'] }))
  .addNode('writer', async (state) => ({
    report: `# ${state.question}\n\n${state.plan.map((step) => `- ${step}`).join('\n')}`,
  }))
  .addEdge(START, 'planner')
  .addEdge('planner', 'writer')
  .addEdge('writer', END)
  .compile();

const run = await AgentRun.start({ url: VANA_URL, token: VANA_TOKEN, sessionId: VANA_SESSION }, question);
let report = '';
// `tasks` tells when a node begins and what it gives.
for await (const task of await graph.stream({ question }, { streamMode: 'tasks' })) {
  await run.ready();
  const ended = 'result' in task;
  void run.publish({ type: ended ? 'agent_complete' : 'agent_start', agent_id: task.name, data: dataOf(task, ended) });
  report = (ended && task.result.report) || report;
}
await run.finish({ report });
process.stdout.write(`run ${run.runId} is finished\n`);

function dataOf({ name, error, result }, ended) {
  const agent = { agentId: name, agentName: name };
  if (!ended) {
    const stack = { executionStack: [name], activeAgents: [name], parentAgent: null };
    return { ...agent, agentType: 'node', action: `Run ${name}`, status: 'current', ...stack };
  }
  const metrics = { invocationCount: 1, averageExecutionTime: 0, successRate: error ? 0 : 1, toolsUsed: [] };
  const changes = { stateChanges: Object.keys(result ?? {}), activeAgents: [], metrics };
  const success = error === undefined || error === null;
  return { ...agent, status: success ? 'completed' : 'error', executionTime: 0, success, hasOutput: true, ...changes };
}
