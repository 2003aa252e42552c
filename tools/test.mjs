// `npm test`: everything that must hold, in one command, on a machine with only Node ≥ 20 and npm.
// Runs the stages of stages.mjs in their order, stops at the first red one, ends with `N passed, N failed`.
//   npm test                        everything
//   npm test -- check               the fast part (= npm run check)
//   npm test -- unit "e2e cluster"  single stages or groups
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fail, prepare, root, seconds, toolEnvironment } from './bootstrap.mjs';
import { countJest } from './jest-result.mjs';
import { stopGroup } from './process-group.mjs';
import { ensurePrograms } from './programs.mjs';
import { STAGES, selectStages } from './stages.mjs';

const STAGE_DEADLINE_MS = 15 * 60_000;

const stages = selectStages(process.argv.slice(2));
if (stages === undefined) {
  fail(`No such stage; there are ${STAGES.map((stage) => stage.name).join(', ')}, and the groups check, servers, e2e.`);
}
prepare();
const programs = ensurePrograms(...new Set(stages.flatMap((stage) => stage.programs ?? [])));

let running;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => void stopGroup(running?.pid).then(() => process.exit(130)));
}

const totals = { passed: 0, failed: 0 };
const started = Date.now();
for (const stage of stages) {
  console.log(`\n── ${stage.name} ${'─'.repeat(Math.max(3, 60 - stage.name.length))}`);
  const stageStarted = Date.now();
  const exitCode = await run(stage);
  const { passed, failed, note } = stage.report ? jestResult(stage, exitCode) : checkResult(exitCode);
  totals.passed += passed;
  totals.failed += failed;
  console.log(
    `${stage.name}: ${passed} passed, ${failed} failed in ${seconds(stageStarted)} s${note ? ` (${note})` : ''}`,
  );
  if (failed > 0) break;
}
console.log(`\nTook ${seconds(started)} s.`);
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exit(totals.failed > 0 || totals.passed === 0 ? 1 : 0);

/** Runs a stage as the leader of its own process group, so that nothing it started outlives it. */
function run(stage) {
  const args = [...stage.args];
  if (stage.report) {
    mkdirSync(join(root, dirname(stage.report)), { recursive: true });
    rmSync(join(root, stage.report), { force: true });
    args.push('--json', `--outputFile=${stage.report}`);
  }
  return new Promise((resolve) => {
    const stdio = ['ignore', stage.report ? 'ignore' : 'inherit', 'inherit'];
    const env = toolEnvironment({ ...programs, ...stage.env });
    running = spawn(stage.command, args, { cwd: root, stdio, env, detached: true });
    const child = running;
    const deadline = setTimeout(() => {
      console.log(`${stage.name} did not end within ${STAGE_DEADLINE_MS / 60_000} minutes.`);
      void stopGroup(child.pid);
    }, STAGE_DEADLINE_MS);
    child.on('error', (error) => {
      console.log(`${stage.command} could not be run: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (code) => {
      clearTimeout(deadline);
      void stopGroup(child.pid).then(() => resolve(code ?? 1));
    });
  });
}

function checkResult(exitCode) {
  return exitCode === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

function jestResult(stage, exitCode) {
  const file = join(root, stage.report);
  return countJest(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined, exitCode);
}
