// What `helm template` makes of the chart.
import { spawnSync } from 'node:child_process';
import { toolbox, toolboxModule } from './toolbox.mjs';

const { parseAllDocuments } = await toolboxModule('yaml');

class RenderError extends Error {}

/**
 * @returns the rendered objects, in order
 * @throws RenderError with helm's words
 */
export function renderChart(chart, { release = 'vana', values = [], sets = [], strings = [] } = {}) {
  const args = ['template', release, chart, '--namespace', 'vana', '--kube-version', '1.33.0'];
  for (const file of values) args.push('--values', file);
  for (const set of sets) args.push('--set', set);
  for (const set of strings) args.push('--set-string', set);
  const run = spawnSync(toolbox().helm, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (run.status !== 0) throw new RenderError(run.stderr.trim());
  return parseYaml(run.stdout);
}

export function parseYaml(text) {
  return parseAllDocuments(text)
    .map((document) => {
      if (document.errors.length > 0) throw document.errors[0];
      return document.toJS();
    })
    .filter((object) => object !== null);
}
