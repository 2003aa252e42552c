// Markup → the text that a reader sees. Code spans keep their backticks; images and badges vanish.
import type { DocumentFormat } from './document.js';

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  copy: '©',
  mdash: '—',
  ndash: '–',
  hellip: '…',
  rarr: '→',
  larr: '←',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  laquo: '«',
  raquo: '»',
  bull: '•',
  times: '×',
};

function codePoint(value: number): string {
  return value > 0 && value <= 0x10ffff ? String.fromCodePoint(value) : '';
}

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi, (whole, decimal, hex, name) => {
    if (typeof decimal === 'string') return codePoint(Number(decimal));
    if (typeof hex === 'string') return codePoint(parseInt(hex, 16));
    return ENTITIES[String(name).toLowerCase()] ?? whole;
  });
}

function stripTags(text: string): string {
  if (!text.includes('<')) return text;
  return text
    .replace(/<!--[\s\S]*?(?:-->|$)/g, ' ')
    .replace(/<\/?(?:code|kbd|samp|tt)\b[^<>]*>/gi, '`')
    .replace(/<(?:br|hr)\s*\/?>/gi, ' ')
    .replace(/<sup>(?=[\w-])/gi, '^')
    .replace(/<sub>(?=[\w-])/gi, '_')
    .replace(/<\/?[a-z][^<>]*>/gi, '');
}

/** Text between code spans goes through `change`, code spans stay. */
function outsideCode(text: string, change: (part: string) => string): string {
  if (!text.includes('`')) return change(text);
  const parts: string[] = [];
  let from = 0;
  for (const match of text.matchAll(/(?<![`\\])(`+)(?!`)([\s\S]*?[^`])\1(?!`)/g)) {
    parts.push(change(text.slice(from, match.index)), match[0]);
    from = match.index + match[0].length;
  }
  parts.push(change(text.slice(from)));
  return parts.join('');
}

function stripLinks(text: string): string {
  if (!text.includes('[') && !text.includes('<')) return text;
  return text
    .replace(/\[!\[[^\]]*\](?:\([^()]*\)|\[[^\]]*\])\s*\](?:\((?:[^()]|\([^()]*\))*\)|\[[^\]]*\])/g, '')
    .replace(/!\[[^\]]*\](?:\((?:[^()]|\([^()]*\))*\)|\[[^\]]*\])/g, '')
    .replace(/\[((?:[^[\]]|\[[^[\]]*\])*)\]\((?:[^()]|\([^()]*\))*\)/g, '$1')
    .replace(/(?<![\p{L}\p{N}\])])\[([^[\]]+)\]\s?\[[^[\]]*\]/gu, '$1')
    .replace(/\[\^[^\]]+\]/g, '')
    .replace(/<((?:https?:\/\/|mailto:)[^\s<>]+)>/g, '$1');
}

function stripEmphasis(text: string): string {
  return text
    .replace(/(\*\*\*|\*\*|\*)(?=\S)((?:[^*]|\*(?=\w))*?\S)\1/g, '$2')
    .replace(/(?<![\p{L}\p{N}_])(__|_)(?=\S)([^_]+?\S?)\1(?![\p{L}\p{N}_])/gu, '$2')
    .replace(/~~([^~]+)~~/g, '$1')
    .replace(/\{@link(?:code|plain)?\s+([^{}|\s]+)[^{}]*\}/g, '$1')
    .replace(/:[a-z][a-z0-9_]{2,30}:/g, '')
    .replace(/\\([!#()\-.+{}|~"'&/:_])/g, '$1');
}

/** A reference link without a second part, `[text]`, is a link only where the text is a name. */
function stripShortcuts(text: string): string {
  return text.replace(/(?<![\\\p{L}\p{N}\])])\[([@\p{L}`][^[\]]*)\](?![([:])/gu, '$1');
}

function markdownText(raw: string): string {
  const joined = raw.replace(/\\?\n[ \t]*(?:>[ \t]?)*/g, ' ');
  const unlinked = joined.includes('](') || joined.includes('][') ? stripLinks(joined) : joined;
  return outsideCode(unlinked, (part) => decodeEntities(stripEmphasis(stripShortcuts(stripTags(stripLinks(part))))));
}

/** One line without markup. */
export function plainText(raw: string, format: DocumentFormat): string {
  const text = format === 'markdown' ? markdownText(raw) : format === 'html' ? decodeEntities(stripTags(raw)) : raw;
  return text.replace(/\s+/g, ' ').trim();
}
