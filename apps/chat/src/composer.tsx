// The question box: Enter sends, Shift+Enter begins a line.
import { useRef, useState } from 'react';
import { ArrowUp, Square } from 'lucide-react';

export interface ComposerProps {
  readonly isRunning: boolean;
  readonly onSend: (text: string) => void;
  readonly onStop: () => void;
}

export function Composer({ isRunning, onSend, onStop }: ComposerProps) {
  const [text, setText] = useState('');
  const box = useRef<HTMLTextAreaElement>(null);
  const send = (): void => {
    if (text.trim() === '' || isRunning) return;
    onSend(text);
    setText('');
    box.current?.focus();
  };
  return (
    <form className="composer" aria-label="Ask" onSubmit={(event) => (event.preventDefault(), send())}>
      <label className="visually-hidden" htmlFor="question">
        Your question
      </label>
      <textarea
        id="question"
        ref={box}
        rows={1}
        maxLength={10_000}
        value={text}
        placeholder="Ask the documents a question"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      {isRunning ? (
        <button type="button" className="send" aria-label="Stop the run" onClick={onStop}>
          <Square />
        </button>
      ) : (
        <button className="send" aria-label="Send" disabled={text.trim() === ''}>
          <ArrowUp />
        </button>
      )}
    </form>
  );
}
