// Questions and answers, the newest in view while it is written.
import { useCallback, useEffect, useRef } from 'react';
import type { ChatStream } from '@vana/stream-react';
import { runOf } from '@vana/stream-react';
import { Answer } from './answer.js';
import { Question } from './question.js';

/** Nearer to the end than this, a reader is taken along, px. */
const FOLLOW_PX = 160;

export interface ConversationProps {
  readonly stream: ChatStream;
  readonly onSource: (runId: string | undefined, id: string) => void;
}

export function Conversation({ stream, onSource }: ConversationProps) {
  const { messages, conversation, notices } = stream;
  const end = useRef<HTMLDivElement>(null);
  const last = messages.at(-1);
  const show = useCallback((runId: string | undefined, id: string) => onSource(runId, id), [onSource]);

  useEffect(() => {
    const box = end.current?.closest('.thread');
    if (box && box.scrollHeight - box.scrollTop - box.clientHeight < FOLLOW_PX) box.scrollTop = box.scrollHeight;
  }, [last?.text]);
  useEffect(() => {
    end.current?.scrollIntoView();
  }, [messages.length]);

  return (
    <div className="messages">
      {notices
        .filter(({ kind }) => kind === 'gap')
        .map(({ from, to }) => (
          <p className="gap" role="note" key={`${from}-${to}`}>
            Some events are no longer kept and could not be shown ({from} to {to}).
          </p>
        ))}
      {messages.map((message) =>
        message.role === 'user' ? (
          <Question key={message.key} message={message} onEdit={(text) => void stream.edit(message.key, text)} />
        ) : (
          <Answer
            key={message.key}
            message={message}
            run={runOf(conversation, message.runId)}
            network={conversation.network}
            onSource={(id) => show(message.runId, id)}
            onRetry={() => void stream.retry(message.key)}
            onRegenerate={() => void stream.regenerate(message.key)}
            onRemove={() => stream.remove(message.key)}
            onFeedback={(feedback) => stream.feedback(message.key, feedback)}
          />
        ),
      )}
      <div ref={end} />
    </div>
  );
}
