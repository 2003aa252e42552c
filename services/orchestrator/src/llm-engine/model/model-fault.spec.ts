import { describe, expect, it } from '@jest/globals';
import { APICallError } from 'ai';
import { modelFault } from './model-fault.js';

const NOW = Date.UTC(2030, 0, 1);

function answer(statusCode: number | undefined, retryAfter?: string): APICallError {
  return new APICallError({
    ...{ message: 'no', url: 'http://127.0.0.1', requestBodyValues: {} },
    ...(statusCode === undefined ? {} : { statusCode }),
    ...(retryAfter === undefined ? {} : { responseHeaders: { 'retry-after': retryAfter } }),
  });
}

describe('modelFault', () => {
  it.each([408, 409, 429, 500, 502, 503, 529])('%d may pass', (status) => {
    expect(modelFault(answer(status), NOW)).toEqual({ code: 'model_unavailable', passing: true, status });
  });

  it.each([400, 401, 403, 404, 413, 422])('%d stays', (status) => {
    expect(modelFault(answer(status), NOW)).toEqual({ code: 'model_refused', passing: false, status });
  });

  it.each([answer(undefined), answer(200), new TypeError('terminated'), 'odd'])('%s may pass', (error) => {
    expect(modelFault(error, NOW)).toEqual({ code: 'model_unavailable', passing: true });
  });

  it.each([
    ['2', 2_000],
    [' 0.5 ', 500],
    ['0', 0],
    ['Tue, 01 Jan 2030 00:00:07 GMT', 7_000],
    ['Mon, 31 Dec 2029 00:00:00 GMT', 0],
    ['soon', undefined],
  ])('waits as %s says', (header, ms) => {
    expect(modelFault(answer(429, header), NOW).retryAfterMs).toBe(ms);
  });
});
