// Draws docs/images/run.svg: a real `npm start -- --exit` on a terminal, as the README shows it. Run it after a build.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bootstrap.mjs';

const COLUMNS = 104;
const ROWS = 40;
const [CHARACTER, LINE, MARGIN] = [8.4, 19, 18];
const BACKGROUND = '#10151c';
/** The first pattern that fits a line gives its colour. */
const COLOURS = [
  [/^\$/, '#e6edf3'],
  [/^ {2}✓/, '#7ee787'],
  [/[█░]/, '#56d4dd'],
  [/^#|^──|^Question/, '#ffa657'],
  [/./, '#b8c4d0'],
];

const lines = ['$ npm start', '', ...screenOf(recordRun())].flatMap(wrap).slice(0, ROWS - 1);
const target = join(root, 'docs', 'images');
mkdirSync(target, { recursive: true });
writeFileSync(join(target, 'run.svg'), draw([...lines, '…']));

/** util-linux's `script` gives the command a terminal. */
function recordRun() {
  const command = 'node services/standalone/dist/main.js --exit --port 0';
  const env = { ...process.env, PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}` };
  return execFileSync('script', ['-qec', command, '/dev/null'], { cwd: root, env, encoding: 'utf8' });
}

/** What stays on the screen: of a line that is redrawn, the last state. */
function screenOf(output) {
  return output.split(/\r?\n/).map((line) => line.split('\r').at(-1).replaceAll('\u001b[2K', ''));
}

function wrap(line) {
  const parts = [];
  let rest = line;
  while (rest.length > COLUMNS) {
    const cut = rest.lastIndexOf(' ', COLUMNS);
    parts.push(rest.slice(0, cut));
    rest = rest.slice(cut + 1);
  }
  return [...parts, rest];
}

function draw(rows) {
  const width = Math.ceil(COLUMNS * CHARACTER + 2 * MARGIN);
  const height = rows.length * LINE + 2 * MARGIN;
  const texts = rows.map((row, at) => {
    const fill = COLOURS.find(([pattern]) => pattern.test(row))?.[1] ?? '#b8c4d0';
    const y = MARGIN + (at + 0.75) * LINE;
    return `<text x="${MARGIN}" y="${y}" fill="${fill}" xml:space="preserve">${escape(row)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="A run of npm start">`,
    `<rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/>`,
    '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14">',
    ...texts,
    '</g></svg>\n',
  ].join('\n');
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
