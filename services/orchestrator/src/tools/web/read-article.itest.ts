// Takes pages apart in its thread, friendly and hostile ones.
import { describe, expect, it } from '@jest/globals';
import { systemClock } from '@vana/observability';
import { readArticle } from './read-article.js';

const never = new AbortController().signal;
const sentence = 'The cache keeps what was read last, and drops what nobody asks for. ';

describe('readArticle', () => {
  it('gives the text that people come for', async () => {
    const html = `<html><head><title>About caches</title></head><body><nav><a href="/">Home</a> <a href="/b">Blog</a></nav>
      <article><h1>Caches</h1><p>${sentence.repeat(5)}</p><h2>Eviction</h2><p>${sentence.repeat(5)}</p>
      <ul><li>least recently used</li><li>least often used</li></ul></article>
      <script>steal()</script><footer>All rights reserved</footer></body></html>`;
    const article = await readArticle(html, systemClock, never);
    expect(article?.title).toBe('About caches');
    expect(article?.text).toContain('## Eviction');
    expect(article?.text).toContain('- least recently used');
    expect(article?.text).not.toMatch(/steal|Blog|<p>/);
  });

  it('takes the whole body of a page without an article', async () => {
    expect(await readArticle('<p>Closed on Mondays.</p>', systemClock, never)).toMatchObject({
      text: 'Closed on Mondays.',
    });
  });

  it('finds nothing in an empty page', async () => {
    expect(await readArticle('', systemClock, never)).toBeUndefined();
    expect(await readArticle('<html><body><script>1</script></body></html>', systemClock, never)).toBeUndefined();
  });

  it('gives up on a page that is made to cost time, and the process goes on meanwhile', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 10);
    const start = performance.now();
    expect(await readArticle('<div>'.repeat(50_000), systemClock, never)).toBeUndefined();
    clearInterval(timer);
    expect(performance.now() - start).toBeLessThan(15_000);
    expect(turns).toBeGreaterThan(20);
  });

  it('stops at once when it is aborted', async () => {
    const stop = new AbortController();
    const article = readArticle('<div>'.repeat(50_000), systemClock, stop.signal);
    setImmediate(() => stop.abort(new Error('cancelled')));
    await expect(article).rejects.toThrow('cancelled');
  });
});
