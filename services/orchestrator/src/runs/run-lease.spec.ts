import { beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryRunStore } from '@vana/in-memory';
import type { RunRecord } from '@vana/run-state';
import { FakeClock, sampleRun } from '@vana/test-kit';
import { RunLease, type LeasePorts } from './run-lease.js';
import { DEFAULT_RUN_LIMITS } from './run-limits.js';

const { leaseMs, renewEveryMs } = DEFAULT_RUN_LIMITS;

let clock: FakeClock;
let ports: LeasePorts;
let run: RunRecord;
beforeEach(async () => {
  clock = new FakeClock();
  ports = { runs: new InMemoryRunStore(), clock, limits: DEFAULT_RUN_LIMITS };
  run = { ...sampleRun(), leaseUntilMs: clock.now() + leaseMs };
  await ports.runs.create(run);
});

const stored = async (): Promise<RunRecord> => (await ports.runs.get(run.tenant, run.runId))!;
const LOST = { kind: 'lease_lost' };

describe('RunLease', () => {
  it('is claimed by one of many', async () => {
    const leases = await Promise.all(Array.from({ length: 10 }, () => RunLease.claim(ports, run)));
    expect(leases.filter(Boolean)).toHaveLength(1);
    expect(await stored()).toMatchObject({
      status: 'running',
      startedAtMs: clock.now(),
      leaseUntilMs: clock.now() + leaseMs,
    });
  });

  it('is not claimed when a healer has the run', async () => {
    await RunLease.claim(ports, run);
    await clock.advance(leaseMs);
    const healer = await RunLease.takeOver(ports, run);
    expect(healer?.record).toMatchObject({ attempts: 2 });
    expect(await RunLease.claim(ports, run)).toBeUndefined();
    expect((await healer!.finish('failed', 'run_lost')).status).toBe('failed');
  });

  it('is taken over only when it has passed, by one of many', async () => {
    const worker = (await RunLease.claim(ports, run))!;
    await clock.advance(leaseMs - 1);
    expect(await RunLease.takeOver(ports, run)).toBeUndefined();
    await clock.advance(1);
    const healers = await Promise.all(Array.from({ length: 10 }, () => RunLease.takeOver(ports, run)));
    expect(healers.filter(Boolean)).toHaveLength(1);
    await expect(worker.renew()).rejects.toMatchObject(LOST);
    expect(worker.lost.aborted).toBe(true);
  });

  it('that is released is taken over at once, which counts as no attempt', async () => {
    const worker = (await RunLease.claim(ports, run))!;
    await worker.release();
    const next = (await RunLease.takeOver(ports, run))!;
    expect(next.record).toMatchObject({ attempts: 1, claimedBy: next.holder });
    await worker.release();
    expect(await stored()).toEqual(next.record);
  });

  it('of an ended run is never taken over', async () => {
    const worker = (await RunLease.claim(ports, run))!;
    await worker.finish('completed');
    await clock.advance(2 * leaseMs);
    expect(await RunLease.takeOver(ports, run)).toBeUndefined();
    expect(await stored()).toMatchObject({ status: 'completed' });
  });

  it('lets only its holder end the run, once', async () => {
    const worker = (await RunLease.claim(ports, run))!;
    await clock.advance(leaseMs);
    const healer = (await RunLease.takeOver(ports, run))!;
    await expect(worker.finish('completed')).rejects.toMatchObject(LOST);
    expect((await stored()).status).toBe('running');
    await healer.finish('failed', 'run_lost');
    // Its first answer may have been lost: it says so again, and changes nothing.
    expect(await healer.finish('completed')).toMatchObject({ status: 'failed', reason: 'run_lost' });
  });

  it('costs nothing to ensure while it runs, and is renewed when it has passed', async () => {
    const worker = (await RunLease.claim(ports, run))!;
    const before = await stored();
    await clock.advance(leaseMs - 1);
    await worker.ensure();
    expect(await stored()).toBe(before);
    await clock.advance(1);
    await worker.ensure();
    expect((await stored()).leaseUntilMs).toBe(clock.now() + leaseMs);
  });

  it('shows what a renewal sees and stops when told', async () => {
    const worker = (await RunLease.claim(ports, run))!;
    const seen: boolean[] = [];
    worker.startRenewing((record) => seen.push(record.cancelRequested));
    await clock.advance(renewEveryMs);
    await ports.runs.update(run.tenant, run.runId, (record) => ({ ...record, cancelRequested: true }));
    await clock.advance(renewEveryMs);
    expect(seen).toEqual([false, true]);
    worker.stop();
    await clock.advance(10 * renewEveryMs);
    expect(seen).toHaveLength(2);
    expect(clock.scheduled).toBe(0);
  });
});
