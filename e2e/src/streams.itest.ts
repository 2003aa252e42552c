// A run, followed by three independent clients through the gateway: every event once and in order, a cut
// anywhere costs nothing, and who comes late gets all of it.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { blocksOf, call, storedEvents } from './api.js';
import { curlClient } from './clients/curl-client.js';
import { eventSourceClient } from './clients/event-source-client.js';
import { fetchClient } from './clients/fetch-client.js';
import { storedOnly, type ReceivedBlock, type StreamClient } from './clients/stream-client.js';
import { SET_UPS, startSystem, type RunningSystem } from './set-up.js';

const CLIENTS: Record<string, StreamClient> = { eventsource: eventSourceClient, fetch: fetchClient, curl: curlClient };
const QUESTION = 'How can I limit the concurrency of promises?';
const MAX_RUN_EVENTS = 400;

const isComplete = ({ type }: ReceivedBlock): boolean => type === 'research_complete';
/** Id, type and data: the bytes of a block, whichever way it came. */
const identity = ({ id, type, data }: ReceivedBlock): string => `${id} ${type} ${data}`;
const after = (id: string): number => Number(id.split('-')[1]);

describe.each(SET_UPS)('streams of the %s set-up', (setUp) => {
  let system: RunningSystem;
  let token: string;
  beforeAll(async () => {
    system = await startSystem(setUp);
    token = await system.token('alice');
  }, 180_000);
  afterAll(() => system.stop());

  const gateway = (index: number): string => system.gateways[index % system.gateways.length]!;

  async function startRun(sessionId: string): Promise<void> {
    const answer = await call(`${gateway(0)}/api/run_sse/${sessionId}`, {
      method: 'POST',
      token,
      json: { query: QUESTION },
    });
    expect(answer).toMatchObject({ status: 202, body: { success: true, session_id: sessionId } });
  }

  describe.each(Object.entries(CLIENTS))('%s', (_name, follow) => {
    it('gets every event of a run once, in order, then resumes from any cut', async () => {
      const sessionId = `s-${randomUUID()}`;
      await call(`${gateway(0)}/api/sessions`, { method: 'POST', token, json: { session_id: sessionId } });
      const url = `${gateway(1)}/api/stream/${sessionId}`;
      // Connected before anything happens, so that all of it comes live.
      const watching = follow({ url, token, until: isComplete });
      await startRun(sessionId);
      const live = storedOnly(await watching).map(identity);

      const stored = (await storedEvents(gateway(0), sessionId, token)).map(identity);
      expect(stored.length).toBeGreaterThan(20);
      expect(stored.length).toBeLessThanOrEqual(MAX_RUN_EVENTS);
      expect(live).toEqual(stored);

      const cutAfter = 1 + Math.floor(Math.random() * (stored.length - 2));
      let seen = 0;
      const untilCut = (block: ReceivedBlock): boolean => storedOnly([block]).length === 1 && ++seen === cutAfter;
      const first = await follow({ url: `${url}?replay=all`, token, until: untilCut });
      const rest = await follow({
        url: `${gateway(0)}/api/stream/${sessionId}`,
        token,
        lastEventId: first.at(-1)!.id,
        until: ({ type }) => type === 'caught_up',
      });
      expect({ cutAfter, events: storedOnly([...first, ...rest]).map(identity) }).toEqual({ cutAfter, events: stored });
      expect(JSON.parse(rest[0]!.data)).toMatchObject({ resume: { verdict: 'resumed', from: first.at(-1)!.id } });
    });

    it('that is cut while the run goes on misses and repeats nothing', async () => {
      const sessionId = `s-${randomUUID()}`;
      await startRun(sessionId);
      const blocks: ReceivedBlock[] = [];
      for (let connection = 0; !blocks.some(isComplete); connection++) {
        const budget = 1 + Math.floor(Math.random() * 40);
        let taken = 0;
        const part = await follow({
          url: `${gateway(connection)}/api/stream/${sessionId}`,
          token,
          ...(blocks.length === 0 ? {} : { lastEventId: blocks.at(-1)!.id }),
          until: (block) => isComplete(block) || ++taken >= budget,
        });
        blocks.push(...part);
      }
      const stored = (await storedEvents(gateway(0), sessionId, token)).map(identity);
      expect(storedOnly(blocks).map(identity)).toEqual(stored);
    });

    it('that comes when the run has ended gets all of it, then `caught_up`', async () => {
      const sessionId = `s-${randomUUID()}`;
      await startRun(sessionId);
      await fetchClient({ url: `${gateway(0)}/api/run_sse/${sessionId}`, token, until: isComplete });
      const url = `${gateway(1)}/api/stream/${sessionId}`;
      const late = await follow({ url, token, until: ({ type }) => type === 'caught_up' });
      expect(late[0]).toMatchObject({ type: 'agent_network_connection' });
      expect(JSON.parse(late[0]!.data)).toMatchObject({ resume: { verdict: 'fresh' }, sessionId });
      expect(late.at(-1)!.type).toBe('caught_up');
      expect(storedOnly(late).map(identity)).toEqual((await storedEvents(gateway(0), sessionId, token)).map(identity));
    });
  });

  it('splits the channels between the two older routes', async () => {
    const sessionId = `s-${randomUUID()}`;
    await startRun(sessionId);
    const until = ({ type }: ReceivedBlock): boolean => type === 'caught_up';
    await fetchClient({ url: `${gateway(0)}/api/run_sse/${sessionId}`, token, until: isComplete });
    const research = await fetchClient({ url: `${gateway(0)}/api/run_sse/${sessionId}`, token, until });
    const agents = await fetchClient({ url: `${gateway(1)}/agent_network_sse/${sessionId}`, token, until });
    const channels = (blocks: ReceivedBlock[]): Set<unknown> =>
      new Set(storedOnly(blocks).map(({ data }) => (JSON.parse(data) as { channel: unknown }).channel));
    expect(channels(agents)).toEqual(new Set(['agents']));
    expect(channels(research)).toEqual(new Set(['research', 'chat']));
    const both = [...storedOnly(research), ...storedOnly(agents)].sort((a, b) => after(a.id) - after(b.id));
    expect(both.map(identity)).toEqual((await storedEvents(gateway(0), sessionId, token)).map(identity));
  });

  it('serves the same events by long-polling, on the same positions', async () => {
    const sessionId = `s-${randomUUID()}`;
    await startRun(sessionId);
    const polled: ReceivedBlock[] = [];
    for (let cursor = ''; !polled.some(({ type }) => type === 'research_complete');) {
      const url = `${gateway(polled.length)}/api/poll/${sessionId}?wait=10${cursor}`;
      const answer = await call(url, { token });
      expect(answer.status).toBe(200);
      polled.push(...storedOnly(blocksOf(answer)));
      cursor = `&cursor=${String(answer.body['cursor'])}`;
    }
    expect(polled.map(identity)).toEqual((await storedEvents(gateway(0), sessionId, token)).map(identity));
  });

  it('answers a garbage position with a reset verdict on a 200', async () => {
    const sessionId = `s-${randomUUID()}`;
    await call(`${gateway(0)}/api/sessions`, { method: 'POST', token, json: { session_id: sessionId } });
    const [first] = await fetchClient({
      url: `${gateway(0)}/api/stream/${sessionId}`,
      token,
      lastEventId: 'garbage',
      until: () => true,
    });
    expect(JSON.parse(first!.data)).toMatchObject({ resume: { verdict: 'reset', reason: 'invalid_position' } });
  });

  it('gives the same report for the same question', async () => {
    const reports = [];
    for (let n = 0; n < 2; n++) {
      const sessionId = `s-${randomUUID()}`;
      await startRun(sessionId);
      const blocks = await fetchClient({ url: `${gateway(n)}/api/run_sse/${sessionId}`, token, until: isComplete });
      reports.push((JSON.parse(blocks.at(-1)!.data) as { final_report: string }).final_report);
    }
    expect(reports[0]).toBe(reports[1]);
    expect(reports[0]).toContain('[src-1]');
  });
});
