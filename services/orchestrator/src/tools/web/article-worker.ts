// A thread of its own for one page: taking a page apart can cost seconds and all of the stack when the page is made
// to do so, and then only this thread ends. It must not import our files: tests start it from its source.
import { parentPort, workerData } from 'node:worker_threads';
import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';

interface PageDocument {
  toString(): string;
}

const MAX_CONTENT_CHARACTERS = 200_000;
const LEAST_ARTICLE_CHARACTERS = 200;

const page = workerData as string;
// Tags that a page may leave out, the parser wants to see.
const complete = /<html[\s>]/i.test(page) ? page : `<html><head></head><body>${page}</body></html>`;
const { document } = parseHTML(complete) as unknown as { document: PageDocument };
const whole = { title: /<title[^>]*>([^<]*)/i.exec(page)?.[1] ?? '', html: document.toString() };
// Readability changes the document, so what it may leave unread is taken before.
const article = new Readability(document, { charThreshold: LEAST_ARTICLE_CHARACTERS }).parse();
const title = article?.title ?? '';
const html = article?.content ?? '';
parentPort?.postMessage({
  title: title === '' ? whole.title : title,
  html: (html === '' ? whole.html : html).slice(0, MAX_CONTENT_CHARACTERS),
});
