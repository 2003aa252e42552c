// What the agents hand to each other.
import type { CorpusDocument, Heading, Passage } from '../corpus/document.js';

export interface SubQuestion {
  readonly id: string;
  /** For people. */
  readonly text: string;
  /** A term of the corpus that goes along with the question's; none for the question itself. */
  readonly aspect?: string;
  /** Terms with weights to search with. */
  readonly terms: ReadonlyMap<string, number>;
}

export interface SectionPlan {
  readonly title: string;
  readonly subQuestions: readonly SubQuestion[];
  /** Passages that belong here; absent: all that no other section claims. */
  readonly claims?: (passage: Passage) => boolean;
}

/** One or a few neighbouring sentences of a passage. */
export interface Statement {
  readonly passage: Passage;
  readonly document: CorpusDocument;
  readonly headings: readonly Heading[];
  /** Line of the first character of `quote`, from 1. */
  readonly line: number;
  /** Exact slice of the file. */
  readonly quote: string;
  /** The same without markup: what the report says. */
  readonly text: string;
  /** 0..1: how much of the question's meaning the statement touches in its own context. */
  readonly coverage: number;
  /** 0..1: the part of that meaning which stands in the statement itself. */
  readonly ownShare: number;
  /** Orders statements; comparable between passages. */
  readonly score: number;
  /** Question terms that the statement or its headings hold. */
  readonly touched: ReadonlySet<string>;
  /** It says what the question's subject is. */
  readonly defines: boolean;
}

export interface Section {
  readonly plan: SectionPlan;
  readonly statements: Statement[];
}

export interface FollowUp {
  readonly reason: string;
  readonly subQuestion: SubQuestion;
}

export type Verdict = 'answered' | 'partly' | 'not_in_corpus';

export interface Judgement {
  readonly verdict: Verdict;
  /** Words of the question that no statement touches. */
  readonly uncovered: readonly string[];
  /** Best coverage of one statement. */
  readonly coverage: number;
  readonly followUps: readonly FollowUp[];
}
