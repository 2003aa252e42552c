import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { VanaError } from '@vana/events';
import { runService, type RunningService } from './run-service.js';

/** A stand-in for `process` that writes down what would have happened. */
class FakeProcess extends EventEmitter {
  readonly exits: (number | undefined)[] = [];
  readonly written: string[] = [];
  readonly stderr = { write: (text: string) => this.written.push(text) > 0 };

  exit(code?: number): never {
    this.exits.push(code);
    return undefined as never;
  }
}

const asProcess = (fake: FakeProcess) => fake as unknown as Parameters<typeof runService>[2];
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('runService', () => {
  afterEach(() => void jest.useRealTimers());

  it.each(['SIGTERM', 'SIGINT', 'disconnect'])('closes the service on %s, then exits with 0', async (signal) => {
    const fake = new FakeProcess();
    const order: string[] = [];
    const service: RunningService = { url: 'http://x', close: async () => void order.push('closed') };
    await runService('probe', async () => service, asProcess(fake));
    expect(fake.exits).toEqual([]);
    fake.emit(signal);
    await settled();
    expect(order).toEqual(['closed']);
    expect(fake.exits).toEqual([0]);
  });

  it('does not wait for a slow close when told twice', async () => {
    const fake = new FakeProcess();
    const never = new Promise<void>(() => undefined);
    await runService('probe', async () => ({ url: 'http://x', close: () => never }), asProcess(fake));
    fake.emit('SIGINT');
    expect(fake.exits).toEqual([]);
    fake.emit('SIGINT');
    expect(fake.exits).toEqual([130]);
  });

  it.each([
    [undefined, 20],
    [31_500, 31.5],
  ])('ends a close that hangs after %p ms', async (closesWithinMs, seconds) => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    const fake = new FakeProcess();
    const never = new Promise<void>(() => undefined);
    const limit = closesWithinMs === undefined ? {} : { closesWithinMs };
    await runService('probe', async () => ({ url: 'http://x', close: () => never, ...limit }), asProcess(fake));
    fake.emit('SIGTERM');
    jest.advanceTimersByTime(seconds * 1_000 - 1);
    expect(fake.exits).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(fake.exits).toEqual([1]);
    expect(fake.written).toEqual([`probe: Was not closed after ${seconds} s and is ended.\n`]);
  });

  it('says in one sentence which settings are wrong', async () => {
    const fake = new FakeProcess();
    const keys = [
      { key: 'JWT_SECRET', problem: 'is required' },
      { key: 'PORT', problem: 'must be a port number' },
    ];
    await runService(
      'probe',
      () => Promise.reject(new VanaError('settings_invalid', { details: { keys } })),
      asProcess(fake),
    );
    expect(fake.exits).toEqual([1]);
    expect(fake.written).toEqual([
      'probe: Settings are missing or invalid: JWT_SECRET (is required), PORT (must be a port number).\n',
    ]);
  });

  it('shows the stack of an error that nobody foresaw', async () => {
    const fake = new FakeProcess();
    await runService('probe', () => Promise.reject(new Error('boom')), asProcess(fake));
    expect(fake.exits).toEqual([1]);
    expect(fake.written.join('')).toMatch(/^probe: Error: boom\n {4}at /);
  });
});
