// The sources of a report and what each of them supports.
import { useEffect, useRef } from 'react';
import type { SourceView } from '@vana/stream-react';

export interface SourcesProps {
  readonly sources: readonly SourceView[];
  /** The one that was clicked in the report. */
  readonly shown: string | undefined;
}

export function Sources({ sources, shown }: SourcesProps) {
  const at = useRef<HTMLLIElement>(null);
  useEffect(() => {
    at.current?.scrollIntoView({ block: 'nearest' });
    at.current?.focus();
  }, [shown]);
  if (sources.length === 0) return <p className="empty">What the report rests on is listed here.</p>;
  return (
    <ol className="sources">
      {sources.map(({ shortId, title, url, heading, line, quote, claims }) => (
        <li key={shortId} ref={shortId === shown ? at : undefined} tabIndex={-1} data-shown={shortId === shown}>
          <span className="number">{shortId.slice('src-'.length)}</span>
          <h3>{title}</h3>
          <p className="where">
            {heading}
            {line !== undefined && <span> line {line}</span>}
          </p>
          <blockquote>{quote ?? claims[0]?.textSegment}</blockquote>
          {/^https?:/.test(url) ? (
            <a href={url} target="_blank" rel="noreferrer">
              {url}
            </a>
          ) : (
            <code>{url}</code>
          )}
        </li>
      ))}
    </ol>
  );
}
