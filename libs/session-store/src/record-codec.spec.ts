import { describe, expect, it } from '@jest/globals';
import type { RunRecord, SessionRecord } from '@vana/run-state';
import { sampleRun, sampleSession } from '@vana/test-kit';
import { runCodec, sessionCodec } from './record-codec.js';

describe('records in the bucket', () => {
  it('come back as they were, unknown fields included', () => {
    const session = sampleSession({ activeRunId: 'r1', deletedAtMs: 9, ...{ addedLater: { deep: [1] } } });
    expect(sessionCodec.decode(sessionCodec.encode(session))).toEqual(session);
    const run = sampleRun({ idempotencyKey: 'k', startedAtMs: 2, endedAtMs: 3, claimedBy: 'w', reason: 'why' });
    expect(runCodec.decode(runCodec.encode(run))).toEqual(run);
  });

  it('have no field that is undefined', () => {
    const session = { ...sampleSession(), activeRunId: undefined } as unknown as SessionRecord;
    expect(sessionCodec.encode(session)).not.toContain('activeRunId');
  });

  it.each([
    ['', 'not JSON', '{}', 'null', '[]', '"x"'],
    [
      JSON.stringify({ ...sampleSession(), owner: '' }),
      JSON.stringify({ ...sampleSession(), sessionId: 'a.b' }),
      JSON.stringify({ ...sampleSession(), readers: 'bob' }),
      JSON.stringify({ ...sampleSession(), deletedAtMs: null }),
      JSON.stringify({ ...sampleSession(), tenant: undefined }),
    ],
  ])('are nothing when they are malformed', (...texts) => {
    for (const text of texts) expect(sessionCodec.decode(text)).toBeUndefined();
  });

  it('are refused before they are written when nobody could read them', () => {
    expect(() => sessionCodec.encode(sampleSession({ sessionId: 'a.b' }))).toThrow();
    expect(() => runCodec.encode(sampleRun({ status: 'lost' as RunRecord['status'] }))).toThrow();
  });
});
