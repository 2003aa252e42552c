// An answer: how far it is, its text, and what can be done with it.
import { memo, useState } from 'react';
import { Check, Copy, Download, FileCode, RefreshCw, ThumbsDown, ThumbsUp, Trash2 } from 'lucide-react';
import type { AgentNetwork, ChatMessage, Feedback, ResearchRun } from '@vana/stream-react';
import { Progress } from './progress.js';
import { Report } from './report.js';

export interface AnswerProps {
  readonly message: ChatMessage;
  readonly run: ResearchRun | undefined;
  readonly network: AgentNetwork;
  readonly onSource: (id: string) => void;
  readonly onRetry: () => void;
  readonly onRegenerate: () => void;
  readonly onRemove: () => void;
  readonly onFeedback: (feedback: Feedback | undefined) => void;
}

const ENDINGS = {
  partial: 'The documents answer this only in part.',
  cancelled: 'You stopped this run.',
  failed: 'This run failed.',
  refused: 'This question was not taken.',
} as const;

export const Answer = memo(function Answer(props: AnswerProps) {
  const { message, run, network, onSource, onRetry } = props;
  const { status, text } = message;
  const isWriting = status === 'sending' || status === 'queued' || status === 'streaming';
  const [asSource, setAsSource] = useState(false);
  const ending = status in ENDINGS ? ENDINGS[status as keyof typeof ENDINGS] : undefined;
  return (
    <article className="answer" aria-label="Answer" aria-busy={isWriting}>
      <Progress message={message} run={run} network={network} />
      {asSource ? (
        <pre className="markdown" tabIndex={0}>
          {text}
        </pre>
      ) : (
        <Report text={text} isWriting={isWriting} onSource={onSource} />
      )}
      {ending && (
        <p className="ending" data-status={status}>
          {message.error ?? ending}
          {status !== 'partial' && <button onClick={onRetry}>Try again</button>}
        </p>
      )}
      {!isWriting && text !== '' && (
        <Actions {...props} asSource={asSource} onAsSource={() => setAsSource(!asSource)} />
      )}
    </article>
  );
});

function Actions(props: AnswerProps & { readonly asSource: boolean; readonly onAsSource: () => void }) {
  const { message, asSource, onAsSource, onRegenerate, onRemove, onFeedback } = props;
  const [copied, setCopied] = useState(false);
  const { feedback, text } = message;
  const vote = (which: Feedback) => () => onFeedback(feedback === which ? undefined : which);
  const copy = (): void => {
    void navigator.clipboard.writeText(text).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), 2_000);
    });
  };
  return (
    <div className="actions" role="group" aria-label="Answer">
      <button className="icon" aria-label={copied ? 'Copied' : 'Copy the report'} onClick={copy}>
        {copied ? <Check /> : <Copy />}
      </button>
      <button className="icon" aria-label="Download the report" onClick={() => download(message)}>
        <Download />
      </button>
      <button className="icon" aria-label="Show as Markdown" aria-pressed={asSource} onClick={onAsSource}>
        <FileCode />
      </button>
      <button className="icon" aria-label="Good answer" aria-pressed={feedback === 'upvote'} onClick={vote('upvote')}>
        <ThumbsUp />
      </button>
      <button
        className="icon"
        aria-label="Bad answer"
        aria-pressed={feedback === 'downvote'}
        onClick={vote('downvote')}
      >
        <ThumbsDown />
      </button>
      <button className="icon" aria-label="Answer again" onClick={onRegenerate}>
        <RefreshCw />
      </button>
      <button className="icon" aria-label="Remove" onClick={onRemove}>
        <Trash2 />
      </button>
    </div>
  );
}

function download({ text, runId }: ChatMessage): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/markdown' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `report-${runId ?? 'draft'}.md`;
  link.click();
  URL.revokeObjectURL(url);
}
