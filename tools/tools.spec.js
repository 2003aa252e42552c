import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { Fleet } from './fleet.mjs';
import { countJest } from './jest-result.mjs';
import { freePort, untilListening } from './ports.mjs';
import { stopGroup } from './process-group.mjs';
import { STAGES, selectStages } from './stages.mjs';

const green = {
  numPassedTests: 5,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
};

describe('countJest', () => {
  it('counts a green run', () => {
    expect(countJest(green, 0)).toEqual({ passed: 5, failed: 0 });
  });

  it.each([
    ['a red test', { ...green, numFailedTests: 2 }, 1, 2],
    ['a suite that could not run', { ...green, numRuntimeErrorTestSuites: 1 }, 1, 1],
    ['a skipped test', { ...green, numPendingTests: 1 }, 0, 1],
    ['no test at all', { ...green, numPassedTests: 0 }, 0, 1],
    ['a red exit without a red test', green, 1, 1],
    ['no report', undefined, 1, 1],
  ])('counts %s as failed', (_name, report, exitCode, failed) => {
    expect(countJest(report, exitCode)).toMatchObject({ failed });
  });
});

describe('selectStages', () => {
  const names = (...wanted) => selectStages(wanted)?.map((stage) => stage.name);

  it('takes all stages, a group, or one by its name, always in their order', () => {
    expect(selectStages([])).toEqual(STAGES);
    expect(names('unit', 'format')).toEqual(['format', 'unit']);
    expect(names('e2e')).toEqual(['e2e embedded', 'e2e cluster']);
    expect(names('check')).not.toContain('integration');
  });

  it('knows no other names', () => {
    expect(names('unit', 'everything')).toBeUndefined();
  });
});

describe('processes and ports', () => {
  it('gives up on a port where nobody listens', async () => {
    expect(await untilListening(await freePort(), 120)).toBe(false);
  });

  it('ends a child together with what the child started, however stubborn', async () => {
    const stubborn = `process.on('SIGTERM', () => {}); console.log(process.pid); setInterval(() => {}, 1000);`;
    const parent = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(stubborn)}], { stdio: 'inherit' }); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['-e', parent], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(child.stdout, 'data');
    const grandchild = Number(String(line));
    const pipeClosed = once(child.stdout, 'close');
    await stopGroup(child.pid, 200);
    // The grandchild held the other end of the pipe: it closes when the last of the group has ended.
    await pipeClosed;
    expect(grandchild).toBeGreaterThan(0);
    expect(child.signalCode).toBe('SIGTERM');
  });
});

describe('Fleet', () => {
  const node = (fleet, name, script) => fleet.start(name, process.execPath, ['-e', script]);

  it('quotes the sentence of a process that could not start, and the log of one that says none', async () => {
    const fleet = new Fleet();
    node(fleet, 'gateway-1', `console.error('gateway: The port is in use: port 1.'); process.exit(1)`);
    node(fleet, 'gateway-2', `console.log('{"msg":"last line"}')`);
    await Promise.all([fleet.death('gateway-1'), fleet.death('gateway-2')]);
    expect(fleet.lastWords('gateway-1')).toBe('The port is in use: port 1.');
    expect(fleet.lastWords('gateway-2')).toContain('{"msg":"last line"}');
    await fleet.stop();
  });

  it('stops all of its processes', async () => {
    const fleet = new Fleet();
    const children = ['one', 'two'].map((name) => node(fleet, name, 'setInterval(() => {}, 1000)'));
    const ends = children.map((child) => once(child, 'exit'));
    expect(fleet.processes()).toEqual(children.map(({ pid }, at) => ({ name: ['one', 'two'][at], pid })));
    await fleet.stop();
    expect((await Promise.all(ends)).map(([, signal]) => signal)).toEqual(['SIGTERM', 'SIGTERM']);
  });
});
