// Words of a text, and the terms (stems) that they stand for.
import { stem } from './stem.js';

const WORD = /[\p{L}\p{N}]+/gu;
const COMPOUND = /[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)+/gu;
const HUMP = /(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/;
const LONGEST_WORD = 40;

/** Words too common to tell anything. */
const STOP_WORDS = new Set(
  (
    'a about above after again against all already also although always am an and another any anyone anything are ' +
    'around as at back be because been before being below between both but by came can cannot could couldn did didn ' +
    'do does doesn doing don done down during each either else etc ever every few for from further get gets getting ' +
    'given go goes going got had has hasn have haven having he hence her here hers him his how however i if in ' +
    'instead into is isn it its itself just know least less let like ll lot made make makes making many may maybe me ' +
    'might more most much must my myself near need needs neither never no nor not now of off often on once one only ' +
    'onto or other others our ours out over own per please put quite rather re really s same say see seem shall she ' +
    'should shouldn since so some someone something soon still such t take than that the their them then there ' +
    'therefore these they thing things this those though through thus to together too toward try under until up upon ' +
    'us use used uses using ve very via want wants was wasn way we well were weren what whatever when where whether ' +
    'which while who whole whom whose why will with within without won would wouldn yes yet you your yours yourself'
  ).split(' '),
);

export function isStopWord(word: string): boolean {
  return STOP_WORDS.has(word);
}

/** Calls `visit` with each word in lower case; compounds (`p-limit`) and the humps of `camelCase` come besides. */
export function eachWord(text: string, visit: (word: string) => void): void {
  if (text.includes('-')) {
    for (const [found] of text.matchAll(COMPOUND)) if (found.length <= LONGEST_WORD) visit(found.toLowerCase());
  }
  for (const [found] of text.matchAll(WORD)) {
    if (found.length > LONGEST_WORD) continue;
    const lower = found.toLowerCase();
    visit(lower);
    if (lower === found || lower.length < 4 || found.toUpperCase() === found) continue;
    const humps = found.split(HUMP);
    if (humps.length < 2) continue;
    for (const hump of humps) visit(hump.toLowerCase());
  }
}

/** Terms in the order of the text, without stop words and single letters. */
export function termsOf(text: string): string[] {
  const terms: string[] = [];
  eachWord(text, (word) => {
    if (word.length > 1 && !STOP_WORDS.has(word)) terms.push(stem(word));
  });
  return terms;
}
