// One file out of a zip archive, without a program for it. Only what npm's own archives of this kind use: no zip64.
import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';

const END = 0x06054b50;
const END_LENGTH = 22;
const DEFLATED = 8;

/** @returns the content of `name`, a Buffer */
export function unzip(archive, name) {
  const zip = readFileSync(archive);
  let end = zip.length - END_LENGTH;
  while (zip.readUInt32LE(end) !== END) end--;
  let entry = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((at) => zip.readUInt16LE(entry + at));
    if (zip.toString('utf8', entry + 46, entry + 46 + nameLength) === name) return content(zip, entry);
    entry += 46 + nameLength + extraLength + commentLength;
  }
  throw new Error(`${name} is not in ${archive}`);
}

function content(zip, entry) {
  const method = zip.readUInt16LE(entry + 10);
  const size = zip.readUInt32LE(entry + 20);
  const local = zip.readUInt32LE(entry + 42);
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  const bytes = zip.subarray(start, start + size);
  return method === DEFLATED ? inflateRawSync(bytes) : bytes;
}
