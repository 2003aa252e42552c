// Reads a report as a stranger would: every citation must lead to a file, a heading, a line and a text.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

interface ListedSource {
  readonly shortId: string;
  readonly path: string;
  readonly line: number;
  readonly heading: string;
  readonly quote: string;
}

const SOURCE = /^- \*\*\[(src-\d+)\]\*\* `(.+)`, line (\d+)(?:, under “(.*)”)?$/;

export function listedSources(report: string): ListedSource[] {
  const [, list = ''] = report.split('\n## Sources\n');
  const found: { head: RegExpExecArray; quote: string[] }[] = [];
  for (const line of list.split('\n')) {
    const head = SOURCE.exec(line);
    if (head) found.push({ head, quote: [] });
    else if (line.startsWith('  > ')) found.at(-1)!.quote.push(line.slice(4));
  }
  return found.map(({ head, quote }) => ({
    shortId: head[1]!,
    path: head[2]!,
    line: Number(head[3]),
    heading: head[4] ?? '',
    quote: quote.join('\n'),
  }));
}

function words(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function inOrder(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0;
  return part.every((word) => (at = whole.indexOf(word, at) + 1) > 0);
}

/** Statements of the body with the sources that they cite. */
function statements(report: string): { text: string; shortId: string }[] {
  const body = report.split('\n## Sources\n')[0]!.split('\n## What was searched\n')[0]!;
  const lines = body.split('\n').filter((line) => /^(?:- |\*\*)/.test(line) || /\[src-\d+\]\.?$/.test(line));
  return lines
    .filter((line) => !line.startsWith('Example from ') && !/^\*\*Short answer\.\*\*$/.test(line))
    .filter((line) => !/^\*\*The documents (?:.*closest:|do not answer .*)$/.test(line))
    .map((line) => {
      const cited = /\[(src-\d+)\]\.?$/.exec(line);
      const text = line
        .replace(/\[src-\d+\]\.?$/, '')
        .replace(/^(?:- )?(?:\*\*.*?[:.]\*\*)?(?:.*What comes closest:)?/, '');
      return { text, shortId: cited?.[1] ?? '' };
    });
}

/** What is wrong with the report, in words; empty when nothing is. */
export async function problemsOf(report: string, dir: string): Promise<string[]> {
  const problems: string[] = [];
  const sources = listedSources(report);
  const cited = new Set([...report.split('\n## Sources\n')[0]!.matchAll(/\[(src-\d+)\]/g)].map((match) => match[1]!));
  for (const shortId of cited) {
    if (!sources.some((source) => source.shortId === shortId)) problems.push(`${shortId} is cited, not listed`);
  }
  for (const [at, source] of sources.entries()) {
    if (source.shortId !== `src-${at + 1}`) problems.push(`${source.shortId} is out of order`);
    if (!cited.has(source.shortId)) problems.push(`${source.shortId} is listed, not cited`);
    problems.push(...(await sourceProblems(source, dir)));
  }
  for (const { text, shortId } of statements(report)) {
    const source = sources.find((one) => one.shortId === shortId);
    if (!source) problems.push(`no source for “${text}”`);
    else if (!inOrder(words(text), words(source.quote))) problems.push(`${shortId} does not say “${text}”`);
  }
  return problems;
}

async function sourceProblems({ shortId, path, line, heading, quote }: ListedSource, dir: string): Promise<string[]> {
  const text = await readFile(join(dir, path), 'utf8').catch(() => undefined);
  if (text === undefined) return [`${shortId}: no file ${path}`];
  const lines = text.split(/\r?\n/);
  const problems: string[] = [];
  const at = lines
    .slice(line - 1)
    .join('\n')
    .indexOf(quote);
  if (quote === '' || at < 0 || at > lines[line - 1]!.length) problems.push(`${shortId}: not in ${path}:${line}`);
  for (const part of heading === '' ? [] : heading.split(' › ')) {
    const above = lines.slice(0, line).some((one) => inOrder(words(part), words(one)));
    if (!above) problems.push(`${shortId}: no heading “${part}” above ${path}:${line}`);
  }
  return problems;
}
