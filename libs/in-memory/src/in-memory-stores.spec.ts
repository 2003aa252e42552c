import { describe, expect, it, jest } from '@jest/globals';
import {
  revocationStoreContract,
  runStoreContract,
  sampleRun,
  sampleSession,
  sessionStoreContract,
} from '@vana/test-kit';
import { InMemoryRevocationStore } from './in-memory-revocation-store.js';
import { InMemoryRunStore } from './in-memory-run-store.js';
import { InMemorySessionStore } from './in-memory-session-store.js';

sessionStoreContract('in-memory', async () => ({ store: new InMemorySessionStore(), close: async () => undefined }));
revocationStoreContract('in-memory', async () => {
  const store = new InMemoryRevocationStore();
  return { store, other: store, close: async () => undefined };
});
runStoreContract('in-memory', async () => ({ store: new InMemoryRunStore(), close: async () => undefined }));

describe('in-memory stores', () => {
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

  it("report a listener's exception", async () => {
    const onListenerError = jest.fn();
    const failure = new Error('a bad listener');
    const fail = (): never => {
      throw failure;
    };
    const sessions = new InMemorySessionStore({ onListenerError });
    const runs = new InMemoryRunStore({ onListenerError });
    sessions.onChange(fail);
    runs.onChange(fail);
    await sessions.create(sampleSession());
    await runs.create(sampleRun());
    await turn();
    expect(onListenerError.mock.calls).toEqual([[failure], [failure]]);
  });

  it('tell of a change after the call that made it has gone on, so that a listener may call the store', async () => {
    const sessions = new InMemorySessionStore();
    const steps: string[] = [];
    const record = sampleSession();
    sessions.onChange(({ title }) => {
      steps.push(`told ${title}`);
      if (title !== 'again') void sessions.update(record, (standing) => ({ ...standing, title: 'again' }));
    });
    const creation = sessions.create(record);
    steps.push('called');
    await creation;
    await turn();
    expect(steps).toEqual(['called', 'told A session', 'told again']);
  });
});
