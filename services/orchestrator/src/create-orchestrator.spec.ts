import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  InMemoryBus,
  InMemoryRunQueue,
  InMemoryRunStore,
  InMemorySessionStore,
  InMemoryStepStore,
} from '@vana/in-memory';
import { createLogger, systemClock } from '@vana/observability';
import { eventually } from '@vana/test-kit';
import { Registry } from 'prom-client';
import { createOrchestrator, type RunningOrchestrator } from './create-orchestrator.js';
import { ScriptedEngine, scriptOfQuestion } from './engine/scripted-engine.js';
import type { OrchestratorPorts } from './ports.js';
import { readOrchestratorSettings } from './settings.js';
import { ALICE } from './spec/pods.js';

const settings = readOrchestratorSettings({ PORT: '0', RESEARCH_ENGINE: 'scripted', SHUTDOWN_GRACE: '0.001' });

let bus: InMemoryBus;
let natsUp: boolean;
let orchestrator: RunningOrchestrator;
let ports: OrchestratorPorts;
beforeEach(async () => {
  bus = new InMemoryBus();
  natsUp = true;
  ports = {
    publisher: bus.publisher,
    eraser: bus.publisher,
    log: bus.log,
    sessions: new InMemorySessionStore(),
    runs: new InMemoryRunStore(),
    queue: new InMemoryRunQueue(systemClock),
    steps: new InMemoryStepStore(),
    engine: new ScriptedEngine(scriptOfQuestion),
    logger: createLogger('orchestrator', 'silent'),
    registry: new Registry(),
    clock: systemClock,
    ready: async () => ({ nats: natsUp ? 'up' : 'down' }),
  };
  orchestrator = await createOrchestrator(ports, settings);
});
afterEach(() => orchestrator.close());

const typesOf = async (sessionId: string): Promise<string[]> =>
  (await bus.log.read({ tenant: 'default', sessionId }, 0, 1_000)).map(({ event }) => event.type);

describe('the orchestrator service', () => {
  it('works on a run that it is told to start', async () => {
    const ended = new Promise<void>((resolve) => {
      ports.runs.onChange(({ status }) => void (status === 'completed' && resolve()));
    });
    await orchestrator.commands.startRun({ principal: ALICE, sessionId: 's1', query: 'events=20' });
    await ended;
    const types = await typesOf('s1');
    expect(types).toHaveLength(22);
    expect([types[0], types.at(-1)]).toEqual(['research_started', 'research_complete']);
  });

  it('has the ops routes and no others', async () => {
    const status = async (path: string, init?: RequestInit) => (await fetch(orchestrator.url + path, init)).status;
    expect(await status('/health/live')).toBe(200);
    expect(await status('/health/ready')).toBe(200);
    natsUp = false;
    expect(await status('/health/ready')).toBe(503);
    const metrics = await (await fetch(`${orchestrator.url}/metrics`)).text();
    expect(metrics).toContain('vana_runs{status="running"} 0');
    expect(await status('/api/runs/r1')).toBe(404);
    expect(await status('/', { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } })).toBe(
      404,
    );
  });

  it('hands its runs over before it is closed, once, and takes no more', async () => {
    await orchestrator.commands.startRun({ principal: ALICE, sessionId: 's1', query: 'events=1 wait-for-cancel' });
    await eventually(async () => (await typesOf('s1')).length === 2);
    const [first, second] = [orchestrator.close(), orchestrator.close()];
    expect(second).toBe(first);
    await first;
    expect(await typesOf('s1')).toEqual(['research_started', 'research_progress']);
    const [run] = await ports.runs.listOpen();
    expect(run).toMatchObject({ status: 'running', attempts: 0 });
    await expect(fetch(orchestrator.url)).rejects.toThrow();
    await expect(
      orchestrator.commands.startRun({ principal: ALICE, sessionId: 's2', query: 'why?' }),
    ).rejects.toMatchObject({ code: 'shutting_down' });
  });

  it('says that its port is taken', async () => {
    const taken = { ...settings, PORT: Number(new URL(orchestrator.url).port) };
    await expect(createOrchestrator({ ...ports, registry: new Registry() }, taken)).rejects.toMatchObject({
      code: 'port_in_use',
    });
  });
});
