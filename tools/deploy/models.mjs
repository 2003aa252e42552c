// Rendered objects against typed models of Kubernetes and of the operators' resources: values and required fields
// by the models themselves, unknown fields by the compiler, over the objects as literals.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../bootstrap.mjs';
import { FOLDER, toolboxModule } from './toolbox.mjs';

const PACKAGES = {
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
  'cert-manager.io': '@kubernetes-models/cert-manager',
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api',
};
const modelOf = ({ apiVersion, kind }) => {
  const [group] = apiVersion.split('/');
  return `${PACKAGES[group] ?? 'kubernetes-models'}/${apiVersion}/${kind}`;
};

/** @param labelled [{label, object}] @returns sentences */
export async function modelProblems(labelled) {
  const problems = [];
  for (const { label, object } of labelled) {
    const models = await import(join(FOLDER, 'node_modules', `${modelOf(object)}.js`));
    try {
      new models[object.kind](object).validate();
    } catch (error) {
      problems.push(`${label}: ${error.message}`);
    }
  }
  return [...problems, ...unknownFields(labelled)];
}

export function unknownFields(labelled) {
  const folder = join(FOLDER, 'check');
  mkdirSync(folder, { recursive: true });
  const lines = labelled.map(({ object, label }, at) => {
    const type = `import(${JSON.stringify(modelOf(object))}).I${object.kind}`;
    return `export const o${at}: ${type} = ${JSON.stringify(object)}; // ${label}`;
  });
  writeFileSync(join(folder, 'objects.ts'), lines.join('\n'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const compilerOptions = {
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    module: 'esnext',
    moduleResolution: 'bundler',
    types: [],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['objects.ts'] }));
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const run = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], { cwd: folder, encoding: 'utf8' });
  if (run.status === 0) return [];
  const errors = run.stdout.split('\n').filter((line) => line !== '' && !line.startsWith(' '));
  return errors.map((line) => `${labelled[Number(/\((\d+),/.exec(line)?.[1] ?? 1) - 1].label}: ${line}`);
}
