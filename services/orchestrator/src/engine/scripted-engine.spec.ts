import { describe, expect, it } from '@jest/globals';
import { SCHEMA_VERSION, validateEvent } from '@vana/events';
import type { EngineEvent, ResearchTask } from './research-engine.js';
import { ScriptedEngine, scriptOfQuestion } from './scripted-engine.js';

const task = (query: string): ResearchTask => ({ runId: 'r1', sessionId: 's1', query });
const NEVER = new AbortController().signal;

async function emittedBy(query: string): Promise<EngineEvent[]> {
  const emitted: EngineEvent[] = [];
  const engine = new ScriptedEngine(scriptOfQuestion);
  await engine.run(task(query), async (event) => void emitted.push(event), NEVER).catch(() => undefined);
  return emitted;
}

describe('scriptOfQuestion', () => {
  it('gives as many events as asked for, on all channels, each valid', async () => {
    const events = await emittedBy('please events=30');
    expect(events).toHaveLength(30);
    expect(new Set(events.map(({ channel }) => channel))).toEqual(new Set(['agents', 'research', 'chat']));
    const envelope = { schemaVersion: SCHEMA_VERSION, sessionId: 's1', runId: 'r1', createdAt: '2030-01-01T00:00:00Z' };
    for (const [index, event] of events.entries()) validateEvent({ ...envelope, ...event, id: `r1:${index}` });
  });

  it('writes chunks whose offsets join', async () => {
    const chunks = (await emittedBy('events=60')).filter(({ channel }) => channel === 'chat').map(({ data }) => data);
    let text = '';
    for (const { offset, delta } of chunks) {
      expect(offset).toBe(text.length);
      text += delta as string;
    }
    expect(chunks.length).toBeGreaterThan(10);
  });

  it('takes a question without a script as twelve events', async () => {
    expect(await emittedBy('why is the sky blue?')).toHaveLength(12);
  });

  it('fails in place of the event that is named', async () => {
    expect(await emittedBy('events=30 fail=10')).toHaveLength(9);
    expect(await emittedBy('events=3 fail=10')).toHaveLength(3);
  });
});

describe('ScriptedEngine', () => {
  it('gives a report of its question', async () => {
    const outcome = await new ScriptedEngine({ events: [] }).run(task('why?'), async () => undefined, NEVER);
    expect(outcome).toEqual({ status: 'completed', finalReport: '# why?' });
  });

  it('throws its error', async () => {
    const failing = new ScriptedEngine({ events: [], failAt: 1 }).run(task('why?'), async () => undefined, NEVER);
    await expect(failing).rejects.toMatchObject({ code: 'engine_failed' });
  });

  it('waits for its abort and throws the reason', async () => {
    const controller = new AbortController();
    const engine = new ScriptedEngine(scriptOfQuestion);
    const waiting = engine.run(task('events=1 wait-for-cancel'), async () => undefined, controller.signal);
    const reason = new Error('cancelled');
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });
});
