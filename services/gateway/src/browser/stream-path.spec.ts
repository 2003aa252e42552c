import { describe, expect, it } from '@jest/globals';
import { requestedStream, streamSessionOf } from './stream-path.js';

describe('requestedStream', () => {
  it.each([
    ['/api/sse/stream/s1', '/api/stream/s1', ''],
    ['/api/sse/run_sse/s1?replay=all', '/api/run_sse/s1', '?replay=all'],
    ['/api/sse/api/run_sse/s1', '/api/run_sse/s1', ''],
    ['/api/sse/agent_network_sse/s-1_A?lastEventId=e-5', '/agent_network_sse/s-1_A', '?lastEventId=e-5'],
    ['/api/sse?path=/api/stream/s1&channels=chat', '/api/stream/s1', '?channels=chat'],
    ['/api/sse?replay=none&path=stream%2Fs1', '/api/stream/s1', '?replay=none'],
  ])('%s is %s', (url, path, query) => {
    expect(requestedStream(url)).toMatchObject({ path, query });
    expect(streamSessionOf(url)).toBe(path.split('/').at(-1));
  });

  it.each([
    '/api/sse',
    '/api/sse?path=',
    '/api/sse/',
    '/api/sse/stream',
    '/api/sse/stream/',
    '/api/sse/stream/s1/',
    '/api/sse/stream/s1/token',
    '/api/sse/stream/a.b',
    '/api/sse/stream/..',
    '/api/sse/stream/../stream/s1',
    '/api/sse/./stream/s1',
    '/api/sse//stream/s1',
    '/api/sse/stream//s1',
    '/api/sse/stream%2Fs1',
    '/api/sse/stream/%73%31',
    '/api/sse/%2e%2e/sessions/s1',
    '/api/sse/sessions/s1',
    '/api/sse/poll/s1',
    '/api/sse/api/agent_network_sse/s1',
    '/api/sse/STREAM/s1',
    '/api/sse/http://127.0.0.1:8082/api/stream/s1',
    '/api/sse?path=http://127.0.0.1:8082/api/stream/s1',
    '/api/sse?path=//evil.example/api/stream/s1',
    '/api/sse?path=/api/stream/s1%3Freplay%3Dall',
    '/api/sse?path=/api/stream/..%2Fs1',
    '/api/sse?path=%252Fapi%252Fstream%252Fs1',
    '/api/sse?path=/api/stream/s1%00',
    '/api/sse?path=/api/stream/s1%0d%0a',
    '/api/sse?path=/api/stream/s1&path=/api/stream/s2',
    '/api/sse?path=\\api\\stream\\s1',
    '/api/stream/s1',
  ])('refuses %s', (url) => {
    expect(() => requestedStream(url)).toThrow(expect.objectContaining({ code: 'invalid_stream_path' }));
    expect(streamSessionOf(url)).toBeUndefined();
  });
});
