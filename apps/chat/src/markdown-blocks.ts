// Markdown cut at the blank lines between its top-level blocks, so that growing text leaves earlier blocks as
// they are. Put together again the blocks are the text.

const FENCE = /^ {0,3}(```|~~~)/;

export function blocksOf(markdown: string): string[] {
  const blocks: string[] = [];
  let block = '';
  let fence: string | undefined;
  for (const line of markdown.split(/(?<=\n)/)) {
    const mark = FENCE.exec(line)?.[1];
    if (mark !== undefined) fence = fence === undefined ? mark : fence === mark ? undefined : fence;
    // An indented line goes on with the list or quotation above it.
    if (
      fence === undefined &&
      mark === undefined &&
      block.endsWith('\n\n') &&
      /^\S/.test(line) &&
      !/^([-*+>]|\d+[.)])/.test(line)
    ) {
      blocks.push(block);
      block = '';
    }
    block += line;
  }
  if (block !== '') blocks.push(block);
  return blocks;
}
