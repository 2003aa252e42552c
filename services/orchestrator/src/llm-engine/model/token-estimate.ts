// Tokens before the server counts them, and where it never does: four bytes of UTF-8 are about one.
const BYTES_PER_TOKEN = 4;

export function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}
