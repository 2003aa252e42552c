// JSON.parse takes the last of two members with one name; others take the first. A token that says two
// things is refused. Found by counting: each member that is written has one colon outside of a string.

const STRING_OR_COLON = /"(?:[^"\\]|\\.)*"|:/g;

/** @param value what JSON.parse made of `text` */
export function hasDuplicateMembers(text: string, value: unknown): boolean {
  let written = 0;
  for (const [found] of text.matchAll(STRING_OR_COLON)) if (found === ':') written++;
  return written !== membersOf(value);
}

function membersOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inner = Object.values(value).reduce<number>((sum, part) => sum + membersOf(part), 0);
  return Array.isArray(value) ? inner : inner + Object.keys(value).length;
}
