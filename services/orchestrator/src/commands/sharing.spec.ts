import { beforeEach, describe, expect, it } from '@jest/globals';
import { FakeClock } from '@vana/test-kit';
import { ScriptedEngine } from '../engine/scripted-engine.js';
import { ALICE, BOB, OTHER_ALICE, Pods, type Pod } from '../spec/pods.js';

let pods: Pods;
let pod: Pod;
beforeEach(async () => {
  pods = new Pods(new FakeClock());
  pod = pods.pod({ engine: new ScriptedEngine({ events: [], waitForAbort: true }) });
  await pod.commands.createSession({ principal: ALICE, sessionId: 's1' });
});

const share = (reader: string, principal = ALICE, sessionId = 's1') =>
  pod.commands.shareSession({ principal, sessionId, reader });
const unshare = (reader: string, principal = ALICE) =>
  pod.commands.unshareSession({ principal, sessionId: 's1', reader });
const get = (principal: typeof ALICE) => pod.commands.getSession({ principal, sessionId: 's1' });

describe('sharing', () => {
  it('lets a principal of the tenant read until it is taken back', async () => {
    expect((await share('bob')).readers).toEqual(['bob']);
    expect((await get(BOB)).sessionId).toBe('s1');
    expect((await unshare('bob')).readers).toEqual([]);
    await expect(get(BOB)).rejects.toMatchObject({ code: 'session_not_found' });
  });

  it('changes nothing when it is shared, or not shared, already; the owner is no reader', async () => {
    const shared = await share('bob');
    expect(await share('bob')).toEqual(shared);
    expect(await share('alice')).toEqual(shared);
    expect((await unshare('eve')).readers).toEqual(['bob']);
  });

  it('is for the owner: readers and strangers are answered as for an unknown session', async () => {
    await share('bob');
    const refusals = await Promise.all(
      [share('eve', BOB), unshare('bob', BOB), share('eve', OTHER_ALICE), share('eve', ALICE, 'unknown')].map((asked) =>
        asked.catch((error: Error) => error),
      ),
    );
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'session_not_found' });
    expect((await pods.session('s1')).readers).toEqual(['bob']);
  });

  it('of a deleted session is told that it is gone', async () => {
    await pod.commands.deleteSession({ principal: ALICE, sessionId: 's1' });
    await expect(share('bob')).rejects.toMatchObject({ code: 'session_gone' });
    await expect(unshare('bob')).rejects.toMatchObject({ code: 'session_gone' });
  });

  it.each(['', 'a\nb', 'x'.repeat(129)])('refuses the reader %j', async (reader) => {
    await expect(share(reader)).rejects.toMatchObject({ code: 'invalid_principal' });
  });

  it('has an end', async () => {
    for (let n = 0; n < 200; n++) await share(`reader-${n}`);
    await expect(share('one-more')).rejects.toMatchObject({ code: 'too_many_readers', details: { limit: 200 } });
    await share('reader-7');
    await unshare('reader-7');
    expect((await share('one-more')).readers).toHaveLength(200);
  });
});
