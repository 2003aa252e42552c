import { describe, expect, it } from '@jest/globals';
import { FakeClock } from '@vana/test-kit';
import { CallGate } from './call-gate.js';

const never = new AbortController().signal;

describe('CallGate', () => {
  const enter = (gate: CallGate, entered: string[], name: string, signal = never) =>
    gate.enter(signal).then((leave) => {
      entered.push(name);
      return leave;
    });

  it('lets so many in at once, the others in order', async () => {
    const clock = new FakeClock();
    const gate = new CallGate(clock, 2);
    const entered: string[] = [];
    const [a, , c, d] = ['a', 'b', 'c', 'd'].map((name) => enter(gate, entered, name));
    await clock.flush();
    expect(entered).toEqual(['a', 'b']);
    (await a!)();
    await clock.flush();
    expect(entered).toEqual(['a', 'b', 'c']);
    (await c!)();
    await d;
    expect(entered).toEqual(['a', 'b', 'c', 'd']);
  });

  it('holds everybody back as long as the server asks for', async () => {
    const clock = new FakeClock();
    const gate = new CallGate(clock, 2);
    const entered: string[] = [];
    gate.holdFor(1_000);
    void enter(gate, entered, 'a');
    await clock.advance(600);
    gate.holdFor(1_000);
    await clock.advance(999);
    expect(entered).toEqual([]);
    await clock.advance(1);
    expect(entered).toEqual(['a']);
  });

  it('gives back the place of whoever is aborted, while waiting in line and at the gate', async () => {
    const clock = new FakeClock();
    const gate = new CallGate(clock, 1);
    const entered: string[] = [];
    const stop = new AbortController();
    const a = enter(gate, entered, 'a');
    await clock.flush();
    const b = enter(gate, entered, 'b', stop.signal);
    const c = enter(gate, entered, 'c');
    stop.abort(new Error('cancelled'));
    await expect(b).rejects.toThrow('cancelled');
    (await a)();
    const leaveC = await c;

    gate.holdFor(1_000);
    leaveC();
    const stopD = new AbortController();
    const d = enter(gate, entered, 'd', stopD.signal);
    await clock.flush();
    stopD.abort(new Error('cancelled'));
    await expect(d).rejects.toThrow('cancelled');
    const e = enter(gate, entered, 'e');
    await clock.advance(1_000);
    await e;
    expect(entered).toEqual(['a', 'c', 'e']);
    expect(clock.scheduled).toBe(0);
  });
});
