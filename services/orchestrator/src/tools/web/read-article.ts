// The part of a page that people come for, without menus and notices, as text with a line per paragraph.
import { Worker } from 'node:worker_threads';
import type { Clock } from '@vana/stream-core';
import { outlineOfHtml } from '../../corpus/html-outline.js';
import { plainText } from '../../corpus/plain-text.js';

export interface Article {
  /** Empty when the page has none. */
  readonly title: string;
  /** Headings begin with `## `, paragraphs are separated by empty lines. */
  readonly text: string;
}

const PATIENCE_MS = 5_000;
const WORKER_MEMORY_MB = 128;
// Compiled code runs the compiled thread, a test the source.
const WORKER = new URL(`./article-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/**
 * Takes the page apart in a thread of its own, at most five seconds.
 * @returns `undefined` when it cannot be taken apart in that time, or holds no text
 * @throws the signal's reason
 */
export async function readArticle(html: string, clock: Clock, signal: AbortSignal): Promise<Article | undefined> {
  signal.throwIfAborted();
  const taken = await takeApart(html, clock, signal);
  signal.throwIfAborted();
  if (taken === undefined) return undefined;
  const text = articleText(taken.html);
  return text === '' ? undefined : { title: plainText(taken.title, 'html'), text };
}

function takeApart(
  html: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<{ readonly title: string; readonly html: string } | undefined> {
  return new Promise((resolve) => {
    const worker = new Worker(WORKER, {
      workerData: html,
      resourceLimits: { maxOldGenerationSizeMb: WORKER_MEMORY_MB },
      // What a page makes the parser say is nobody's log line.
      stdout: true,
      stderr: true,
    });
    const settle = (taken?: { readonly title: string; readonly html: string }): void => {
      cancelTimer();
      signal.removeEventListener('abort', stop);
      void worker.terminate();
      resolve(taken);
    };
    const stop = (): void => settle();
    const cancelTimer = clock.schedule(PATIENCE_MS, stop);
    signal.addEventListener('abort', stop, { once: true });
    worker.once('message', settle);
    worker.once('error', stop);
    worker.once('exit', stop);
  });
}

function articleText(html: string): string {
  const { sections } = outlineOfHtml(html);
  const parts: string[] = [];
  let last: string | undefined;
  for (const { headings, blocks } of sections) {
    const heading = headings.at(-1)?.text;
    if (heading !== undefined && heading !== last) parts.push(`## ${heading}`);
    last = heading;
    for (const { kind, raw } of blocks) {
      const text = plainText(raw, 'html');
      if (text !== '') parts.push(kind === 'item' ? `- ${text}` : text);
    }
  }
  return parts.join('\n\n');
}
