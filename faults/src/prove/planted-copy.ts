// A copy of the built tree with one bug in it. It lies inside the tree, so that everything that is not ours is
// found in the packages that are installed.
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { PlantedBug } from './bugs.js';

/** @throws Error when the text to be replaced is not there exactly once */
export function plantedCopy(root: string, bug: PlantedBug): string {
  const copy = join(root, '.vana', `planted-${bug.name}`);
  rmSync(copy, { recursive: true, force: true });
  for (const project of projectsOf(root)) {
    for (const part of ['package.json', 'dist']) {
      cpSync(join(root, project, part), join(copy, project, part), { recursive: true });
    }
    const packages = join(root, project, 'node_modules');
    if (existsSync(packages)) symlinkSync(packages, join(copy, project, 'node_modules'));
    const { name } = JSON.parse(readFileSync(join(root, project, 'package.json'), 'utf8')) as { name: string };
    const link = join(copy, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(copy, project), link);
  }
  plant(join(copy, bug.file), bug);
  return copy;
}

function projectsOf(root: string): string[] {
  const all = ['libs', 'services'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(folder, name)),
  );
  return [...all, 'faults'].filter((project) => {
    const dist = join(root, project, 'dist');
    return existsSync(dist) && lstatSync(dist).isDirectory();
  });
}

function plant(file: string, { name, from, to }: PlantedBug): void {
  const text = readFileSync(file, 'utf8');
  const places = text.split(from).length - 1;
  if (places !== 1)
    throw new Error(`The bug ${name} cannot be planted: its place was found ${places} times in ${file}.`);
  writeFileSync(
    file,
    text.replace(from, () => to),
  );
}
