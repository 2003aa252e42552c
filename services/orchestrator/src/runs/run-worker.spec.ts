import { beforeEach, describe, expect, it } from '@jest/globals';
import { VanaError } from '@vana/events';
import { FakeClock } from '@vana/test-kit';
import { ScriptedEngine } from '../engine/scripted-engine.js';
import type { ResearchEngine } from '../engine/research-engine.js';
import { ALICE, Pods, type Pod, type PodOptions } from '../spec/pods.js';
import { DEFAULT_RUN_LIMITS } from './run-limits.js';

const { shutdownGraceMs, endPatienceMs, leaseMs } = DEFAULT_RUN_LIMITS;
const LASTING = new ScriptedEngine({ events: [], waitForAbort: true });

let clock: FakeClock;
let pods: Pods;
beforeEach(() => {
  clock = new FakeClock();
  pods = new Pods(clock);
});

async function podWithRun(options: Partial<PodOptions> = {}): Promise<{ pod: Pod; runId: string }> {
  const pod = pods.pod({ engine: LASTING, ...options });
  const { runId } = await pod.commands.startRun({ principal: ALICE, sessionId: 's1', query: 'why?' });
  await clock.flush();
  return { pod, runId };
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  return Promise.race([promise.then(() => true), clock.flush().then(() => false)]);
}

describe('closing', () => {
  it('takes no more runs', async () => {
    const pod = pods.pod({ engine: LASTING });
    await pod.worker.close();
    await expect(pod.commands.startRun({ principal: ALICE, sessionId: 's1', query: 'why?' })).rejects.toMatchObject({
      code: 'shutting_down',
    });
  });

  it('lets a run end by itself within the grace', async () => {
    let finish: () => void = () => undefined;
    const engine: ResearchEngine = {
      run: () => new Promise((resolve) => (finish = () => resolve({ status: 'completed', finalReport: 'done' }))),
    };
    const { pod, runId } = await podWithRun({ engine });
    const closed = pod.worker.close();
    await clock.advance(shutdownGraceMs - 1);
    expect(await isSettled(closed)).toBe(false);
    finish();
    await closed;
    expect(await pods.run(runId)).toMatchObject({ status: 'completed' });
  });

  it('then hands over what is left: another pod goes on with it', async () => {
    const { pod, runId } = await podWithRun();
    const closed = pod.close();
    await clock.advance(shutdownGraceMs - 1);
    expect(await pods.run(runId)).toMatchObject({ status: 'running' });
    await clock.advance(1);
    await closed;
    expect(await pods.run(runId)).toMatchObject({ status: 'running', attempts: 0, leaseUntilMs: clock.now() });
    pods.pod({ engine: new ScriptedEngine({ events: [] }) });
    await clock.flush();
    expect(await pods.story('s1')).toEqual(['research_started', 'research_resumed', 'research_complete:completed']);
    expect(await pods.run(runId)).toMatchObject({ status: 'completed' });
  });

  it('does not wait for ever for a store that is away: the lease passes', async () => {
    let away = false;
    const { pod, runId } = await podWithRun({
      storeFault: () => {
        if (away) throw new VanaError('store_unavailable');
      },
    });
    away = true;
    const closed = pod.close();
    await clock.advance(shutdownGraceMs + endPatienceMs);
    await closed;
    expect(await pods.story('s1')).toEqual(['research_started']);
    pods.pod({ engine: new ScriptedEngine({ events: [] }) });
    await clock.advance(2 * leaseMs);
    expect(await pods.run(runId)).toMatchObject({ status: 'completed', attempts: 2 });
  });

  it('leaves no timer behind', async () => {
    const { pod, runId } = await podWithRun();
    await pod.commands.cancelRun({ principal: ALICE, runId });
    await clock.flush();
    await pod.close();
    expect(clock.scheduled).toBe(0);
  });
});

describe('metrics', () => {
  it('count runs by status, published events and retries', async () => {
    const { pod, runId } = await podWithRun();
    expect(await pod.registry.metrics()).toContain('vana_runs{status="running"} 1');
    await pod.commands.cancelRun({ principal: ALICE, runId });
    await clock.flush();
    const text = await pod.registry.metrics();
    expect(text).toContain('vana_runs{status="running"} 0');
    expect(text).toContain('vana_runs_ended_total{status="cancelled"} 1');
    expect(text).toContain('vana_run_duration_seconds_count{status="cancelled"} 1');
    expect(text).toContain('vana_run_events_published_total{channel="research"} 2');
    expect(text).toContain('vana_run_event_publish_seconds_count 2');
    expect(text).toContain('vana_runs_lost_total 0');
  });
});
