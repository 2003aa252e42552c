import { beforeEach, describe, expect, it } from '@jest/globals';
import { FakeClock } from '@vana/test-kit';
import { CircuitBreaker } from './circuit-breaker.js';

describe('CircuitBreaker', () => {
  let clock: FakeClock;
  let breaker: CircuitBreaker;
  beforeEach(() => {
    clock = new FakeClock();
    breaker = new CircuitBreaker(clock, { failureThreshold: 3, pauseMs: 1_000 });
  });
  const call = (succeeded: boolean): boolean => {
    const settle = breaker.enter();
    settle?.(succeeded);
    return settle !== undefined;
  };
  const open = (): void => {
    for (let i = 0; i < 3; i++) call(false);
  };

  it('opens after so many failures in a row', () => {
    call(false);
    call(false);
    call(true);
    call(false);
    call(false);
    expect(breaker.state).toBe('closed');
    call(false);
    expect(breaker.state).toBe('open');
    expect(call(true)).toBe(false);
  });

  it('lets one probe through after the pause, and no other call while it is under way', async () => {
    open();
    await clock.advance(999);
    expect(breaker.enter()).toBeUndefined();
    await clock.advance(1);
    expect(breaker.state).toBe('half_open');
    const probe = breaker.enter();
    expect(probe).toBeDefined();
    expect(breaker.enter()).toBeUndefined();
    probe!(true);
    expect(breaker.state).toBe('closed');
    expect(call(true)).toBe(true);
  });

  it('starts the next pause when the probe fails', async () => {
    open();
    await clock.advance(1_000);
    call(false);
    expect(breaker.state).toBe('open');
    expect(call(true)).toBe(false);
    await clock.advance(1_000);
    expect(call(true)).toBe(true);
    expect(breaker.state).toBe('closed');
  });

  it('takes a full count of failures to open again', async () => {
    open();
    await clock.advance(1_000);
    call(true);
    call(false);
    call(false);
    expect(breaker.state).toBe('closed');
  });

  it('does not listen to calls from before it opened or closed', async () => {
    const [late, later] = [breaker.enter()!, breaker.enter()!];
    open();
    late(true);
    expect(breaker.state).toBe('open');
    await clock.advance(1_000);
    call(true);
    for (let i = 0; i < 3; i++) later(false);
    expect(breaker.state).toBe('closed');
  });

  it('closes on reset, also while a probe is under way', async () => {
    open();
    breaker.reset();
    expect(breaker.state).toBe('closed');
    open();
    await clock.advance(1_000);
    const probe = breaker.enter()!;
    breaker.reset();
    probe(false);
    expect(breaker.state).toBe('closed');
    expect(call(true)).toBe(true);
  });
});
