import { describe, expect, it } from '@jest/globals';
import { outlineOfHtml } from './html-outline.js';

const HTML = `<!doctype html>
<html><head><title>The &amp; Title</title><style>p { color: red }</style></head>
<body>
<nav><a href="/">Home</a></nav>
<h1>Big <em>heading</em></h1>
<p>First
   paragraph with <code>code()</code>.</p>
<ul><li><b>One</b> item</li><li>Two</li></ul>
<pre>some
code</pre>
<script>let hidden = 1;</script>
<h2>Below</h2>
<table><tr><td>cell one</td><td>cell two</td></tr></table>
text at the end
</body></html>`;

describe('outlineOfHtml', () => {
  const { title, sections } = outlineOfHtml(HTML);

  it('takes headings, blocks and lines; nothing of scripts, styles and menus', () => {
    expect(title).toBe('The & Title');
    expect(sections.map(({ headings }) => headings.map(({ text, line }) => `${line}:${text}`))).toEqual([
      ['5:Big heading'],
      ['5:Big heading', '12:Below'],
    ]);
    expect(sections.flatMap(({ blocks }) => blocks)).toEqual([
      { kind: 'paragraph', line: 6, raw: 'First\n   paragraph with <code>code()</code>.' },
      { kind: 'item', line: 8, raw: '<b>One</b> item' },
      { kind: 'item', line: 8, raw: 'Two' },
      { kind: 'code', line: 9, raw: 'some\ncode' },
      { kind: 'row', line: 13, raw: 'cell one' },
      { kind: 'row', line: 13, raw: 'cell two' },
      { kind: 'paragraph', line: 14, raw: 'text at the end' },
    ]);
  });

  it('reads broken HTML to its end', () => {
    const { sections: broken } = outlineOfHtml('<p>one <b>two<p>three');
    expect(broken.flatMap(({ blocks }) => blocks.map(({ raw }) => raw))).toEqual(['one <b>two', 'three']);
  });
});
