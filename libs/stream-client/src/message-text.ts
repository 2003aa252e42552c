// Texts that grow by chunks, put together by offset: merged, repeated or late chunks change nothing.

export interface Chunk {
  /** UTF-16 units before it. */
  readonly offset: number;
  readonly delta: string;
}

/** @returns the text after the chunk */
export function withChunk(text: string, { offset, delta }: Chunk): string {
  if (offset === text.length) return text + delta;
  // Begun anew (a regenerated answer) when a chunk at 0 does not repeat what stands there.
  const kept = offset === 0 && !text.startsWith(delta) ? '' : text;
  return kept.slice(0, offset) + delta + kept.slice(offset + delta.length);
}

export class MessageTexts {
  readonly #texts = new Map<string, string>();

  /** @returns the message's text after the chunk */
  apply({ messageId, ...chunk }: { readonly messageId: string } & Chunk): string {
    const grown = withChunk(this.of(messageId), chunk);
    this.#texts.set(messageId, grown);
    return grown;
  }

  /** The whole text as the server has it. */
  complete(messageId: string, content: string): void {
    this.#texts.set(messageId, content);
  }

  of(messageId: string): string {
    return this.#texts.get(messageId) ?? '';
  }

  forget(messageId: string): void {
    this.#texts.delete(messageId);
  }
}
