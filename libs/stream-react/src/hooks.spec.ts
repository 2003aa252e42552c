/** @jest-environment <rootDir>/jest.browser.js */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { act, cleanup, renderHook } from '@testing-library/react';
import { useResearchSSE, useSSE, useSSEWithErrorHandling } from './index.js';
import { FakeServer, VERDICT, frame, step } from './spec/fake-server.js';

let server: FakeServer;
let frames: FrameRequestCallback[];

beforeEach(() => {
  server = new FakeServer();
  frames = [];
  jest.spyOn(globalThis, 'requestAnimationFrame').mockImplementation((callback) => frames.push(callback));
  jest.spyOn(globalThis, 'cancelAnimationFrame').mockImplementation(() => undefined);
});
afterEach(() => {
  cleanup();
  jest.restoreAllMocks();
});

/** Lets streams settle, then shows one animation frame. */
async function nextFrame(): Promise<void> {
  await act(async () => {
    for (let n = 0; n < 20; n++) await new Promise((resolve) => setTimeout(resolve, 0));
    for (const callback of frames.splice(0)) callback(0);
  });
}

describe('useSSE', () => {
  it.each([false, true])('consumes a thousand events of one chunk in one render (strict mode: %s)', async (strict) => {
    const seen: string[] = [];
    let renders = 0;
    const { result } = renderHook(
      () => {
        renders++;
        return useSSE('http://host/api/stream/s', {
          fetch: server.fetch,
          maxEvents: 100,
          onEvent: ({ id }) => seen.push(id),
        });
      },
      { reactStrictMode: strict },
    );
    await nextFrame();
    const before = renders;
    server.write(VERDICT + Array.from({ length: 1_000 }, (_, n) => step(n + 1)).join(''));
    await nextFrame();
    expect(renders - before).toBeLessThanOrEqual(strict ? 2 : 1);
    expect(seen).toEqual(Array.from({ length: 1_000 }, (_, n) => `e1-${n + 1}`));
    expect(result.current.events.map(({ id }) => id)).toEqual(seen.slice(-100));
    expect(result.current.lastEvent?.id).toBe('e1-1000');
    expect([result.current.connectionState, result.current.isConnected]).toEqual(['connected', true]);
    expect(server.open).toBe(1);
  });

  it('disconnects, resumes after the last position, clears', async () => {
    const { result } = renderHook(() => useSSE('http://host/api/stream/s', { fetch: server.fetch }));
    await nextFrame();
    server.write(VERDICT + step(1));
    await nextFrame();
    act(() => result.current.disconnect());
    await nextFrame();
    expect([result.current.connectionState, server.open]).toEqual(['disconnected', 0]);
    act(() => result.current.connect());
    await nextFrame();
    expect(server.positions.at(-1)).toBe('e1-1');
    server.write(step(1) + step(2));
    await nextFrame();
    expect(result.current.events.map(({ id }) => id)).toEqual(['e1-1', 'e1-2']);
    act(() => result.current.clearEvents());
    expect(result.current.events).toEqual([]);
  });

  it('starts anew with another address and ends with the component', async () => {
    const { result, rerender, unmount } = renderHook(({ url }) => useSSE(url, { fetch: server.fetch }), {
      initialProps: { url: 'http://host/api/stream/a' },
    });
    await nextFrame();
    server.write(VERDICT + step(7));
    await nextFrame();
    rerender({ url: 'http://host/api/stream/b' });
    await nextFrame();
    expect([result.current.events, server.positions.at(-1), server.open]).toEqual([[], undefined, 1]);
    unmount();
    await nextFrame();
    expect(server.open).toBe(0);
  });
});

describe('useSSEWithErrorHandling', () => {
  it('says what is wrong and what helps', async () => {
    server.refuseWith(404);
    const { result } = renderHook(() => useSSEWithErrorHandling('http://host/api/stream/s', { fetch: server.fetch }));
    await nextFrame();
    expect(result.current).toMatchObject({
      connectionState: 'error',
      connectionHealth: 'disconnected',
      isRetrying: false,
      advice: { action: 'none', message: 'This session does not exist, or it is not yours.' },
    });
    server.refuseWith(undefined);
    act(() => result.current.retry());
    await nextFrame();
    server.write(VERDICT);
    await nextFrame();
    expect([result.current.advice, result.current.connectionHealth]).toEqual([undefined, 'healthy']);
  });
});

describe('useResearchSSE', () => {
  it('folds a run from its question to its report', async () => {
    const { result } = renderHook(() => useResearchSSE('s', { fetch: server.fetch, baseUrl: 'http://host' }));
    await nextFrame();
    const data = { runId: 'r', channel: 'research', timestamp: '2030-01-01T00:00:00.000Z' };
    server.write(
      VERDICT +
        frame('research_started', 'e1-1', { ...data, query: 'Why?' }) +
        frame('message_chunk', 'e1-2', { ...data, messageId: 'm', offset: 0, delta: 'Be' }) +
        frame('message_chunk', 'e1-3', { ...data, messageId: 'm', offset: 2, delta: 'cause' }),
    );
    await nextFrame();
    expect(result.current.run).toMatchObject({ id: 'r', query: 'Why?', status: 'running', report: 'Because' });
    const end = { ...data, status: 'completed', final_report: 'Because.' };
    server.write(frame('research_complete', 'e1-4', end));
    await nextFrame();
    expect(result.current.run).toMatchObject({ status: 'completed', report: 'Because.', progress: 1, events: 4 });
  });
});
