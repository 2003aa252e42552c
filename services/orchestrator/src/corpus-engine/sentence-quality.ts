// Whether a sentence can stand in a report: complete, readable, about something.
import type { Block, Passage } from '../corpus/document.js';
import type { Sentence } from '../corpus/sentences.js';
import { stem } from '../corpus/stem.js';
import { termsOf } from '../corpus/terms.js';
import type { Question } from './question.js';

/** Sections that tell about the project rather than about its subject. */
const SIDE_HEADING =
  /\b(?:licen[cs]e|contribut\w*|authors?|team|maintainers?|sponsors?|backers|acknowledge?ments?|credits|thanks|change ?log|release notes|history|badges|table of contents|contents|related|see also|support|donat\w*|security contact|code of conduct|install(?:ation|ing)?|benchmarks?|browser support|requirements|compatibility|running tests|tests?|links|resources|todo|roadmap|node\.js support|getting help|community|hosted by|emeritus\w*|who'?s using)\b/i;
const SIDE_TEXT =
  /\b(?:npm (?:i|install)|yarn add|pnpm (?:add|install)|copyright|all rights reserved|licensed under|mit license|pull requests?|open an issue|github issues|star(?:s)? (?:on|this)|sponsor|tidelift|professional support|click here|see the (?:docs|documentation|readme)|badge|travis|coverage status)\b/i;
const ANAPHORIC =
  /^(?:it|its|this|that|these|those|they|he|she|such|here|there|then|so|thus|therefore|hence|but|however|also|additionally|moreover|furthermore|otherwise|instead|and|or|because|which|both|in this case|in that case|for example|for instance|by doing (?:so|this|that)|to (?:avoid|do|achieve|fix|prevent|solve|change|get around) (?:this|that|it)|in addition|accordingly|similarly|likewise|as a result|after that|of course|note that (?:it|this))\b/i;
const OPENING_SHARE = 0.4;
const PURPOSE_SHARE = 2.5;
const SAFE_TAG = /<\/?(?:code|kbd|b|i|em|strong|sub|sup|br|samp|var|small|tt|a)\b[^<>]*>/gi;

/** The sentence goes on in a list or in code that is not part of it. */
const UNFINISHED = /\b(?:and|or|but|the|an?|to|of|with|for|from|by|in|on|as|such as|like|e\.g\.?|i\.e\.?|following)$/i;
/** It would pass for a citation of the report. */
const CITATION = /\[src-\d+\]/;

/** It leans on the sentence before it. */
export function isAnaphoric(text: string): boolean {
  return ANAPHORIC.test(text);
}

/** Markup that would be cut off, or would act when the quote is shown. */
function brokenMarkup({ raw, text }: Sentence, block: Block): boolean {
  if (/!\[|\]\((?:javascript|data):|\son\w+\s*=|&lt;\/?script/i.test(raw)) return true;
  const outside = raw.replace(/(`+)[\s\S]*?\1/g, '').replace(/<(?:https?|mailto):[^<>]*>/g, '');
  if (/<[/!a-z]/i.test(outside.replace(SAFE_TAG, ''))) return true;
  if ((text.match(/`/g)?.length ?? 0) % 2 === 1) return true;
  if (/\]\(|\[\]|\*\*|(?<!\w)__\w/.test(text.replace(/(`+)[\s\S]*?\1/g, ''))) return true;
  return block.kind === 'paragraph' && count(text, '(') > count(text, ')');
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

function lengthFactor(words: number): number {
  if (words < 3) return 0;
  if (words < 5) return 0.55;
  if (words < 7) return 0.85;
  if (words <= 38) return 1;
  return words <= 60 ? 0.75 : 0.35;
}

function kindFactor({ text }: Sentence, { kind }: Block): number {
  if (kind === 'row') return 0.6;
  if (/[.!…)"'`]$/.test(text)) return 1;
  return kind === 'item' ? 0.92 : 0.85;
}

const INSTRUCTION =
  /^(?:to \w+|you can|use|call|pass|set|simply|just|run|create|add|enable|returns?|parses?|creates?|generates?|specif(?:y|ies))\b|\byou (?:can|could|may|should|need to|must)\b|\bby \w+ing\b/i;

/** It tells what to do, or what something does: 1; it begins with the very thing to do ("To dim a light, …"): more. */
export function instructs(text: string, action: string | undefined): number {
  const purpose = /^to ([\p{L}]+)/iu.exec(text);
  if (purpose && stem(purpose[1]!.toLowerCase()) === action) return PURPOSE_SHARE;
  return INSTRUCTION.test(text) ? 1 : 0;
}

/** 0: not to be used; 1: a good sentence. */
export function quality(sentence: Sentence, block: Block, passage: Passage, question: Question): number {
  const { text } = sentence;
  if (/[?:,;]$/.test(text) || UNFINISHED.test(text) || CITATION.test(text) || brokenMarkup(sentence, block)) return 0;
  const words = text.split(' ').length;
  const letters = text.replace(/[^\p{L}]/gu, '').length;
  let factor = lengthFactor(words) * kindFactor(sentence, block);
  if (letters < text.length * 0.6) factor *= 0.5;
  if (/^[\p{Ll}]/u.test(text) && block.kind === 'paragraph') factor *= 0.8;
  if (/^\W*v?\d+\.\d+/.test(text)) factor *= 0.3;
  if (/^(?:see|refer to|check out|take a look|read|visit|head)\b/i.test(text)) factor *= 0.35;
  if (/https?:\/\//.test(text)) factor *= 0.6;
  const wanted = new Set(question.terms.map(({ term }) => term));
  const side = passage.headings.some(({ text: heading }) => {
    return SIDE_HEADING.test(heading) && !termsOf(heading).some((term) => wanted.has(term));
  });
  if (side) factor *= 0.35;
  if (SIDE_TEXT.test(text) && !termsOf(SIDE_TEXT.exec(text)![0]).some((term) => wanted.has(term))) factor *= 0.4;
  return factor;
}

/**
 * The sentence says what the question's subject is, or spells its abbreviation out: 1. It opens a document that
 * is named after the subject: less.
 */
export function defines(sentence: Sentence, block: Block, passage: Passage, question: Question): number {
  const subjects = question.terms.filter(({ weight }) => weight >= 0.2).map(({ term }) => term);
  if (subjects.length === 0) return 0;
  const { text } = sentence;
  const verb =
    /\b(?:is|are|was|means?|stands? for|refers? to|describes?|denotes?|provides?|represents?)\b|\s[-–—]\s|:\s/.exec(
      text,
    );
  if (verb && !/^(?:if|when|while|where|unless|once)\b/i.test(text)) {
    const head = termsOf(text.slice(0, verb.index)).filter((term) => !term.includes('-') || subjects.includes(term));
    if (head.length === subjects.length && subjects.every((subject) => head.includes(subject))) return 1;
  }
  const bracket = /\(([^()]{2,60})\)/.exec(text);
  if (bracket && subjects.length === 1 && termsOf(bracket[1]!).join() === subjects[0]) return 1;
  // The opening words of a document are about what it is named after.
  const opening = passage.headings.length <= 1 && block === passage.blocks.find(({ kind }) => kind === 'paragraph');
  return opening && question.names.includes(passage.document.name.toLowerCase()) ? OPENING_SHARE : 0;
}
