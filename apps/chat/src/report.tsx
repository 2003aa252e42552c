// A report: Markdown whose `[src-N]` are buttons. While it is written only its last block is parsed again.
import { memo, type ComponentProps } from 'react';
import Markdown from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { linkCitations } from './citations.js';
import { blocksOf } from './markdown-blocks.js';

export interface ReportProps {
  readonly text: string;
  readonly isWriting: boolean;
  readonly onSource: (id: string) => void;
}

const plugins = [remarkGfm];
const CITATION = '#src-';

export const Report = memo(function Report({ text, isWriting, onSource }: ReportProps) {
  const blocks = isWriting ? blocksOf(text) : [text];
  return (
    <div className="report" data-writing={isWriting}>
      {blocks.map((block, at) => (
        <Block key={at} text={block} onSource={onSource} />
      ))}
    </div>
  );
});

const Block = memo(function Block({ text, onSource }: { readonly text: string; onSource: (id: string) => void }) {
  return (
    <Markdown
      remarkPlugins={plugins}
      components={{
        a: ({ href = '', children }: ComponentProps<'a'>) => {
          if (!href.startsWith(CITATION)) {
            return (
              <a href={href} target="_blank" rel="noreferrer">
                {children}
              </a>
            );
          }
          const number = href.slice(CITATION.length);
          return (
            <button className="citation" aria-label={`Source ${number}`} onClick={() => onSource(href.slice(1))}>
              {number}
            </button>
          );
        },
        // Headings of a report stand below those of the page.
        h1: ({ children }: ComponentProps<'h1'>) => <h3 className="report-title">{children}</h3>,
        h2: ({ children }: ComponentProps<'h2'>) => <h3>{children}</h3>,
        h3: ({ children }: ComponentProps<'h3'>) => <h4>{children}</h4>,
        pre: ({ children }: ComponentProps<'pre'>) => <pre tabIndex={0}>{children}</pre>,
        img: ({ alt }: ComponentProps<'img'>) => <span>{alt}</span>,
      }}
    >
      {linkCitations(text)}
    </Markdown>
  );
});
