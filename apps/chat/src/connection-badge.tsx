// How the stream is, and a button that shows that cutting it loses nothing.
import { Scissors } from 'lucide-react';
import type { StreamStatus } from '@vana/stream-client';
import { adviceOf, useOnline, type StreamNotice } from '@vana/stream-react';

export interface ConnectionBadgeProps {
  readonly status: StreamStatus | undefined;
  readonly notices: readonly StreamNotice[];
  readonly onCut: () => void;
}

const WORDS = {
  connected: 'Live',
  connecting: 'Connecting',
  reconnecting: 'Reconnecting',
  error: 'Interrupted',
  disconnected: 'Idle',
} as const;

const VERDICTS: Readonly<Record<string, string>> = {
  fresh: 'Began at the start',
  resumed: 'Resumed where it broke off',
  partial: 'Began with the latest events',
  reset: 'Began anew',
};

export function ConnectionBadge({ status, notices, onCut }: ConnectionBadgeProps) {
  const online = useOnline();
  const state = status?.state ?? 'disconnected';
  const word = online ? WORDS[state] : 'Offline';
  const advice = status && adviceOf(status, online);
  return (
    <details className="connection" data-state={online ? state : 'offline'}>
      <summary>
        <span className="dot" aria-hidden="true" />
        <span role="status">{word}</span>
      </summary>
      <div className="connection-details">
        {advice && <p className="advice">{advice.message}</p>}
        {status ? (
          <dl>
            <dt>Health</dt>
            <dd>{status.health}</dd>
            <dt>Latency</dt>
            <dd>{status.latencyMs === undefined ? 'not measured' : `${Math.round(status.latencyMs)} ms`}</dd>
            <dt>Transport</dt>
            <dd>{status.transport}</dd>
            <dt>Position</dt>
            <dd>
              <code>{status.position ?? 'none'}</code>
            </dd>
            <dt>Failed attempts</dt>
            <dd>{status.attempt}</dd>
          </dl>
        ) : (
          <p>There is no session to follow yet.</p>
        )}
        {notices.length > 0 && (
          <ol className="notices" aria-label="What happened to the connection">
            {notices.slice(-6).map((notice, at) => (
              <li key={at}>
                <time dateTime={notice.at}>{new Date(notice.at).toLocaleTimeString()}</time>
                {wordsOf(notice)}
              </li>
            ))}
          </ol>
        )}
        <button className="secondary" disabled={!status} onClick={onCut}>
          <Scissors aria-hidden="true" /> Cut my connection
        </button>
      </div>
    </details>
  );
}

function wordsOf({ kind, text, from, to }: StreamNotice): string {
  if (kind === 'verdict') return `${VERDICTS[text] ?? text}${from === undefined ? '' : ` (${from})`}`;
  if (kind === 'gap') return `Gap: ${from} to ${to} (${text})`;
  return `${kind === 'closing' ? 'Server closes' : 'Ended'}: ${text.replaceAll('_', ' ')}`;
}
