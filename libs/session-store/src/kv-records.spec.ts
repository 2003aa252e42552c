import { JetStreamApiError } from '@nats-io/jetstream';
import { describe, expect, it, jest } from '@jest/globals';
import { VanaError } from '@vana/events';
import { sampleSession } from '@vana/test-kit';
import type { Bucket } from './bucket.js';
import { KvRecords } from './kv-records.js';
import { sessionCodec } from './record-codec.js';

const session = sampleSession();
const apiError = (code: number): JetStreamApiError =>
  new JetStreamApiError({ code: 400, err_code: code, description: 'refused' });
const entry = (text: string, operation = 'PUT') => ({ operation, revision: 7, string: () => text });

/** A bucket whose server answers so. */
function records(kv: Partial<Record<'get' | 'create' | 'update', () => Promise<unknown>>>): KvRecords<typeof session> {
  return new KvRecords({ kv } as unknown as Bucket, sessionCodec);
}

describe('KvRecords', () => {
  it('gives up a race that it has lost 20 times', async () => {
    const update = jest.fn(() => Promise.reject(apiError(10071)));
    const change = jest.fn((standing: typeof session) => standing);
    const subject = records({ get: async () => entry(sessionCodec.encode(session)), update });
    await expect(subject.update('k', change)).rejects.toMatchObject({ code: 'store_conflict' });
    expect(update).toHaveBeenCalledTimes(20);
    expect(change).toHaveBeenCalledTimes(20);
  });

  it.each<[string, (subject: KvRecords<typeof session>) => Promise<unknown>]>([
    ['get', (subject) => subject.get('k')],
    ['find', (subject) => subject.find('k')],
    ['create', (subject) => subject.create('k', session)],
    ['update', (subject) => subject.update('k', (standing) => standing)],
  ])('%s tells a server fault as store_unavailable, with the cause', async (_name, call) => {
    const fault = apiError(10023);
    const fail = () => Promise.reject(fault);
    const error = await call(records({ get: fail, create: fail, update: fail })).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'store_unavailable', cause: fault });
  });

  it('is unavailable, not without the record, when it cannot be read', async () => {
    const subject = records({
      get: async () => entry('{"schema":"of tomorrow"}'),
      create: () => Promise.reject(apiError(10071)),
    });
    await expect(subject.get('k')).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(subject.create('k', session)).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(await subject.find('k')).toBeUndefined();
  });

  it('takes a deleted key for no record', async () => {
    const subject = records({ get: async () => entry('', 'DEL') });
    expect(await subject.get('k')).toBeUndefined();
    expect(await subject.update('k', (standing) => standing)).toBeUndefined();
  });

  it('never writes a record that nobody could read', async () => {
    const create = jest.fn(async () => 1);
    const error = await records({ create })
      .create('k', { ...session, owner: '' })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(VanaError);
    expect(error).toMatchObject({ code: 'internal' });
    expect(create).not.toHaveBeenCalled();
  });
});
