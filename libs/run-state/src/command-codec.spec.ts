import { describe, expect, it } from '@jest/globals';
import { VanaError } from '@vana/events';
import { decodeReply, encodeReply } from './command-codec.js';

/** Encodes, goes over the wire, decodes. */
async function carried<T>(command: () => Promise<T>): Promise<T> {
  const wire = JSON.stringify(await encodeReply(command));
  return decodeReply<T>(JSON.parse(wire));
}

describe('command replies', () => {
  it('carry a value', async () => {
    expect(await carried(async () => ({ runId: 'r1', title: null }))).toEqual({ runId: 'r1', title: null });
    expect(await carried(async () => [])).toEqual([]);
  });

  it('carry the absence of one', async () => {
    expect(await carried(async () => undefined)).toBeUndefined();
  });

  it('carry an error with its code, details and everything that follows from the code', async () => {
    const failing = carried(async () => {
      throw new VanaError('run_active', { details: { runId: 'r1' } });
    });
    await expect(failing).rejects.toBeInstanceOf(VanaError);
    await expect(failing).rejects.toMatchObject({ code: 'run_active', status: 409, details: { runId: 'r1' } });
  });

  it('tell nothing of a fault that is no error of ours, and give it to the log', async () => {
    const faults: unknown[] = [];
    const fault = new TypeError('password is hunter2');
    const reply = await encodeReply(
      () => Promise.reject(fault),
      (error) => faults.push(error),
    );
    expect(JSON.stringify(reply)).not.toContain('hunter2');
    expect(() => decodeReply(reply)).toThrow(expect.objectContaining({ code: 'internal' }));
    expect(faults).toEqual([fault]);
  });

  it.each([
    undefined,
    null,
    'ok',
    7,
    {},
    { ok: 'yes' },
    { ok: false },
    { ok: false, error: {} },
    { ok: false, error: { error: { code: 7 } } },
    { ok: false, error: { error: { code: 'made_up' } } },
  ])('that are none are an internal error: %j', (reply) => {
    expect(() => decodeReply(reply)).toThrow(expect.objectContaining({ code: 'internal' }));
  });
});
