// What reading makes of a file: blocks under headings, every block an exact slice of the file.

export type DocumentFormat = 'markdown' | 'html' | 'text';

/** `row`: one table row. `code`: never quoted as a statement. */
export type BlockKind = 'paragraph' | 'item' | 'row' | 'code';

export interface Block {
  readonly kind: BlockKind;
  /** Line of the first character of `raw`, from 1. */
  readonly line: number;
  /** Exact slice of the file (line ends as LF); of fenced code with its fences. */
  readonly raw: string;
}

export interface Heading {
  readonly text: string;
  readonly line: number;
}

/** Blocks that follow each other under the same headings. */
export interface Section {
  /** Outermost first. */
  readonly headings: readonly Heading[];
  readonly blocks: readonly Block[];
}

export interface Outline {
  /** First top heading or HTML title. */
  readonly title?: string;
  readonly sections: readonly Section[];
}

export interface CorpusDocument {
  /** Relative to the corpus folder, '/' separated. */
  readonly path: string;
  /** Short name for people: the folder of a README (`@scope/name` kept), else the file name. */
  readonly name: string;
  readonly title: string;
  /** Its first sentence as plain text: what it is about. */
  readonly opening: string;
  readonly format: DocumentFormat;
}

/** What is retrieved: some blocks of one section. */
export interface Passage {
  /** Position in the corpus; the same files give the same ids. */
  readonly id: number;
  readonly document: CorpusDocument;
  readonly headings: readonly Heading[];
  /** First line, from 1. */
  readonly line: number;
  readonly blocks: readonly Block[];
}
