// A 53-bit hash of text for spreading keys over pods. Two 32-bit lanes, each multiplied and rotated per
// character and mixed at the end; no cryptography: whoever may choose session ids may at most unbalance pods.

const { imul } = Math;

const rotate = (value: number, bits: number) => (value << bits) | (value >>> (32 - bits));

/** Final mixing of murmur's kind: every input bit reaches every output bit. */
function mix(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** Same text, same number, in every process: a whole number from 0 up to 2^53 - 1. */
export function hashText(text: string): number {
  let low = 0x9e3779b9 ^ text.length;
  let high = 0x7f4a7c15;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    low = imul(rotate(low ^ unit, 5), 0xcc9e2d51);
    high = imul(rotate(high ^ unit, 13), 0x1b873593);
  }
  const upper = mix(high ^ rotate(low, 7));
  return (upper >>> 11) * 2 ** 32 + mix(low + upper);
}
