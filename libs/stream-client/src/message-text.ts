// Texts that grow by chunks, put together by offset: merged, repeated or late chunks change nothing.

export class MessageTexts {
  readonly #texts = new Map<string, string>();

  /** @returns the message's text after the chunk */
  apply({ messageId, offset, delta }: { messageId: string; offset: number; delta: string }): string {
    const text = this.#texts.get(messageId) ?? '';
    // Begun anew (a regenerated answer) when a chunk at 0 does not repeat what stands there.
    const kept = offset === 0 && !text.startsWith(delta) ? '' : text;
    const grown = kept.slice(0, offset) + delta + kept.slice(offset + delta.length);
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
