import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { CLOSE_REASONS, END_REASONS, ERROR_CODES, GAP_REASONS, RESET_REASONS, resumeSchema } from './index.js';

/** Rows of the table under a heading, by their first cell. */
function tableUnder(document: string, heading: string): Map<string, string[]> {
  const section = document.split(/^#{2,3} /m).find((part) => part.startsWith(heading)) ?? '';
  const rows = section.split('\n').filter((line) => /^\| `/.test(line));
  const cells = rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  expect(new Set(cells.map(([name]) => name)).size).toBe(cells.length);
  return new Map(cells.map(([name, ...rest]) => [name!.replaceAll('`', ''), rest]));
}

const yesOrNo = (value: boolean) => (value ? 'yes' : 'no');

describe('docs/errors.md', () => {
  let document = '';
  beforeAll(async () => {
    document = await readFile(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
  });

  it('lists every error code as it is in the code, in that order', () => {
    const table = tableUnder(document, 'Error codes');
    const stated = [...table].map(([code, cells]) => [code, ...cells.slice(0, 4)]);
    const real = Object.entries(ERROR_CODES).map(([code, { status, category, retryable, message }]) => [
      code,
      String(status),
      category,
      yesOrNo(retryable),
      message,
    ]);
    expect(stated).toEqual(real);
  });

  it('lists every close reason as it is in the code', () => {
    const stated = [...tableUnder(document, '`closing`')].map(([reason, cells]) => [reason, ...cells.slice(0, 2)]);
    const real = Object.entries(CLOSE_REASONS).map(([reason, { reconnect, meaning }]) => [
      reason,
      yesOrNo(reconnect),
      meaning,
    ]);
    expect(stated).toEqual(real);
  });

  it.each([
    ['`reset`', RESET_REASONS],
    ['`gap`', GAP_REASONS],
    ['`end`', END_REASONS],
    ['`agent_network_connection`', resumeSchema.shape.verdict.options],
  ])('lists what %s can say', (heading, names) => {
    expect([...tableUnder(document, heading).keys()]).toEqual([...names]);
  });

  it('says what to do about each', () => {
    for (const heading of ['Error codes', '`closing`', '`reset`', '`gap`', '`end`', '`agent_network_connection`']) {
      for (const [name, cells] of tableUnder(document, heading)) {
        expect([name, cells.at(-1)!.length > 4]).toEqual([name, true]);
      }
    }
  });
});
