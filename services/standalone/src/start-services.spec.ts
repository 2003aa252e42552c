import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { askQuestion } from './demo/ask-question.js';
import { followStream, type StreamEvent } from './demo/follow-stream.js';
import { streamUrl } from './demo/ask-question.js';
import { startServices, type Standalone } from './start-services.js';

const DOCUMENT = `# Lighthouse

## Lamp

The lamp of the lighthouse is lit at dusk by the keeper. It turns once in twelve seconds.

## Fog horn

The fog horn sounds when the visibility falls below one mile.
`;

describe('startServices', () => {
  let dir: string;
  let services: Standalone | undefined;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'vana-standalone-'));
    await writeFile(join(dir, 'lighthouse.md'), DOCUMENT);
    await writeFile(join(dir, 'unreadable.bin'), 'no document');
  });
  afterEach(async () => {
    await services?.close();
    services = undefined;
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  const start = async (port = 0, corpus = dir): Promise<Standalone> => {
    services = await startServices({ host: '127.0.0.1', port, corpus: { dir: corpus }, logLevel: 'silent' });
    return services;
  };

  it('answers a question with a report that cites its document, and replays the same events afterwards', async () => {
    const { urls, token, documents } = await start();
    expect(documents).toBe(1);
    const asked = { gateway: urls.gateway, token: await token('me'), sessionId: 's1' };
    const live: StreamEvent[] = [];
    const answer = await askQuestion({ ...asked, text: 'When is the lamp of the lighthouse lit?' }, (event) => {
      live.push(event);
    });
    expect(answer.report).toContain('lit at dusk');
    expect(answer.report).toContain('[src-1]');
    expect(answer.sources[0]?.url).toMatch(/^corpus:lighthouse\.md#L\d+$/);
    expect(['completed', 'partial']).toContain(answer.status);

    const stored = (events: StreamEvent[]) =>
      events.filter(({ data }) => data['runId'] === answer.runId).map(({ id, type }) => [id, type]);
    const replayed: StreamEvent[] = [];
    for await (const event of followStream({ url: streamUrl(urls.gateway, 's1'), token: asked.token })) {
      if (event.type === 'caught_up') break;
      replayed.push(event);
    }
    expect(stored(replayed)).toEqual(stored(live));
    expect(stored(live)).toHaveLength(answer.events);
  });

  it('says which port is taken, and leaves nothing behind', async () => {
    // Below the ports that systems hand out, so that nobody takes one of the three that follow meanwhile.
    const port = 20_000 + randomInt(10_000);
    const taken = createServer().listen(port, '127.0.0.1');
    await once(taken, 'listening');
    await expect(start(port)).rejects.toMatchObject({ code: 'port_in_use', details: { port } });
    taken.close();
    await once(taken, 'close');
    expect((await start(port)).urls.gateway).toBe(`http://127.0.0.1:${port}`);
  });

  it.each([
    ['is not there', () => join(dir, 'nowhere'), 'corpus_missing'],
    ['is a file', () => join(dir, 'lighthouse.md'), 'corpus_missing'],
  ])('refuses a corpus folder that %s', async (_name, folder, code) => {
    await expect(start(0, folder())).rejects.toMatchObject({ code });
  });

  it('refuses a corpus without a readable document', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'vana-empty-'));
    await writeFile(join(empty, 'picture.png'), 'PNG');
    await expect(start(0, empty)).rejects.toMatchObject({ code: 'corpus_empty' });
    await rm(empty, { recursive: true });
  });
});
