// A question, which can be asked differently.
import { useState } from 'react';
import { Pencil } from 'lucide-react';
import type { ChatMessage } from '@vana/stream-react';

export interface QuestionProps {
  readonly message: ChatMessage;
  readonly onEdit: (text: string) => void;
}

export function Question({ message, onEdit }: QuestionProps) {
  const [draft, setDraft] = useState<string>();
  if (draft === undefined) {
    return (
      <article className="question" aria-label="Question">
        <h2>{message.text}</h2>
        <button className="icon" aria-label="Edit the question" onClick={() => setDraft(message.text)}>
          <Pencil />
        </button>
      </article>
    );
  }
  return (
    <form
      className="question editing"
      onSubmit={(event) => {
        event.preventDefault();
        setDraft(undefined);
        onEdit(draft);
      }}
    >
      <textarea
        aria-label="Question"
        rows={3}
        autoFocus
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
      />
      <button className="primary" disabled={draft.trim() === ''}>
        Ask again
      </button>
      <button type="button" className="secondary" onClick={() => setDraft(undefined)}>
        Cancel
      </button>
    </form>
  );
}
