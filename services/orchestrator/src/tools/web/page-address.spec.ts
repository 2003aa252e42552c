import { describe, expect, it } from '@jest/globals';
import { literalAddress, pageAddress } from './page-address.js';
import { isPublicAddress } from './public-address.js';

describe('pageAddress', () => {
  it.each([
    ['http://EXAMPLE.com./a#part', 'http://example.com/a'],
    ['https://example.com:8443/a?b=c', 'https://example.com:8443/a?b=c'],
    ['http://example.com:80/', 'http://example.com/'],
  ])('%s is %s', (text, canonical) => {
    expect(pageAddress(text)?.href).toBe(canonical);
  });

  it.each([
    ['another scheme', 'ftp://example.com/'],
    ['a file', 'file:///etc/passwd'],
    ['data', 'data:text/html,hello'],
    ['a script', 'javascript:alert(1)'],
    ['a name and password', 'http://user:secret@example.com/'],
    ['localhost', 'http://localhost/'],
    ['localhost with a last dot', 'http://localhost./'],
    ['a name under localhost', 'http://api.localhost:8080/'],
    ['a cloud metadata name', 'http://metadata.google.internal/computeMetadata/v1/'],
    ['a name of the local network', 'http://printer.local/'],
    ['the port of a mail server', 'http://example.com:25/'],
    ['the port of ssh', 'https://example.com:22/'],
    ['no address', 'not an address'],
    ['too long', `http://example.com/${'a'.repeat(2_000)}`],
  ])('refuses %s', (_what, text) => {
    expect(pageAddress(text)).toBeUndefined();
  });

  it.each([
    ['decimal', 'http://2130706433/', '127.0.0.1'],
    ['octal', 'http://0177.0.0.1/', '127.0.0.1'],
    ['octal with zeros', 'http://0000177.0000.0000.01/', '127.0.0.1'],
    ['hexadecimal', 'http://0x7f000001/', '127.0.0.1'],
    ['hexadecimal parts', 'http://0x7f.0x0.0x0.0x1/', '127.0.0.1'],
    ['short', 'http://127.1/', '127.0.0.1'],
    ['mixed', 'http://0xa9.254.43518/', '169.254.169.254'],
    ['full-width digits', 'http://１２７.０.０.１/', '127.0.0.1'],
    ['circled digits', 'http://①⑦②.①⑥.⓪.①/', '172.16.0.1'],
    ['percent-encoded', 'http://%31%32%37.0.0.1/', '127.0.0.1'],
    ['with a last dot', 'http://127.0.0.1./', '127.0.0.1'],
    ['zero', 'http://0/', '0.0.0.0'],
    ['IPv6 loopback', 'http://[::1]/', '::1'],
    ['IPv6 loopback in full', 'http://[0000:0000:0000:0000:0000:0000:0000:0001]/', '::1'],
    ['IPv4 in IPv6', 'http://[::ffff:127.0.0.1]/', '::ffff:7f00:1'],
    ['IPv4 in IPv6, hexadecimal', 'http://[::ffff:a9fe:a9fe]/', '::ffff:a9fe:a9fe'],
  ])('%s comes out as an address that is refused', (_what, text, address) => {
    const literal = literalAddress(pageAddress(text)!);
    expect(literal).toBe(address);
    expect(isPublicAddress(literal!)).toBe(false);
  });
});
