// The `code` of a thrown value, if it has one. By shape and not by class: errors of Node's own modules may
// come from another realm.
export function codeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}
