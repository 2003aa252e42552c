// `[src-3]` in a report becomes a link to that source; inside code it stays what it is.

const CODE_OR_CITATION = /(```[\s\S]*?(?:```|$)|`[^`\n]*`)|\[(src-[1-9]\d*)\](?!\()/g;

export function linkCitations(markdown: string): string {
  return markdown.replace(CODE_OR_CITATION, (whole: string, code: string | undefined, id: string | undefined) => {
    return code === undefined && id !== undefined ? `[${id}](#${id})` : whole;
  });
}
