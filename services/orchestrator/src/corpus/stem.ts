// A light suffix stripper for English: words that share a sense share a stem. The stems need not be words.

const VOWEL = /[aeiouy]/;
const cache = new Map<string, string>();
const CACHE_LIMIT = 200_000;

/** [suffix, least length of what remains, replacement]; the first that fits is taken in each group. */
type Rule = readonly [suffix: string, least: number, replacement: string];

const GROUPS: readonly (readonly Rule[])[] = [
  [
    ['sses', 2, 'ss'],
    ['ches', 2, 'ch'],
    ['shes', 2, 'sh'],
    ['xes', 2, 'x'],
    ['ies', 2, 'y'],
    ['ss', 1, 'ss'],
    ['us', 1, 'us'],
    ['is', 1, 'is'],
    ['s', 3, ''],
  ],
  [['ly', 4, '']],
  [
    ['ization', 3, 'iz'],
    ['ating', 3, 'at'],
    ['ated', 3, 'at'],
    ['ation', 3, 'at'],
    ['ator', 3, 'at'],
    ['ing', 3, ''],
    ['ied', 2, 'y'],
    ['eed', 2, 'eed'],
    ['ed', 3, ''],
    ['sion', 3, 's'],
    ['tion', 3, 't'],
  ],
  [
    ['able', 4, ''],
    ['ible', 4, ''],
    ['ment', 5, ''],
    ['ness', 4, ''],
    ['ency', 5, ''],
    ['ence', 5, ''],
    ['ancy', 5, ''],
    ['ance', 5, ''],
    ['ent', 5, ''],
    ['ant', 5, ''],
    ['er', 4, ''],
  ],
];

function applyFirst(word: string, rules: readonly Rule[]): string {
  for (const [suffix, least, replacement] of rules) {
    if (!word.endsWith(suffix)) continue;
    const rest = word.slice(0, -suffix.length);
    if (rest.length < least || !VOWEL.test(rest)) return word;
    return rest + replacement;
  }
  return word;
}

/** `runn` → `run`; double l, s and z stay (`install`, `compress`). */
function undouble(word: string): string {
  const last = word.at(-1)!;
  if (word.length < 4 || last !== word.at(-2) || VOWEL.test(last) || 'lsz'.includes(last)) return word;
  return word.slice(0, -1);
}

function strip(word: string): string {
  let stem = word;
  for (const rules of GROUPS) {
    const next = applyFirst(stem, rules);
    stem = next.length < stem.length ? undouble(next) : next;
  }
  return stem.length > 3 && stem.endsWith('e') ? stem.slice(0, -1) : stem;
}

/** `word` is lower case. */
export function stem(word: string): string {
  if (word.length <= 3 || !/^[a-z]+$/.test(word)) return word;
  const known = cache.get(word);
  if (known !== undefined) return known;
  const made = strip(word);
  if (cache.size < CACHE_LIMIT) cache.set(word, made);
  return made;
}
