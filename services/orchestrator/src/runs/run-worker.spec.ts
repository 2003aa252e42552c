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

  it('then ends what is left as failed, and resolves when that is stored', async () => {
    const { pod, runId } = await podWithRun();
    const closed = pod.worker.close();
    await clock.advance(shutdownGraceMs - 1);
    expect(await pods.run(runId)).toMatchObject({ status: 'running' });
    await clock.advance(1);
    await closed;
    expect(await pods.story('s1')).toEqual([
      ...['research_started', 'error:shutting_down', 'research_complete:failed'],
    ]);
    expect(await pods.run(runId)).toMatchObject({ status: 'failed', reason: 'shutting_down' });
    expect(await pods.session('s1')).not.toHaveProperty('activeRunId');
  });

  it('does not wait for ever for a bus that is away: the run is healed elsewhere', async () => {
    let away = false;
    const { pod, runId } = await podWithRun({
      fault: () => {
        if (away) throw new VanaError('bus_unavailable');
      },
    });
    away = true;
    const closed = pod.worker.close();
    await clock.advance(shutdownGraceMs + endPatienceMs - 1);
    expect(await isSettled(closed)).toBe(false);
    await clock.advance(1);
    await closed;
    expect(await pods.story('s1')).toEqual(['research_started']);
    await clock.advance(leaseMs);
    const healer = pods.pod({ engine: LASTING });
    await healer.commands.startRun({ principal: ALICE, sessionId: 's1', query: 'next' });
    await clock.flush();
    expect(await pods.run(runId)).toMatchObject({ status: 'failed', reason: 'run_lost' });
  });

  it('leaves no timer behind', async () => {
    const { pod, runId } = await podWithRun();
    await pod.commands.cancelRun({ principal: ALICE, runId });
    await clock.flush();
    await pod.worker.close();
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
