// The caller's sessions.
import { LogOut, Plus, Trash2 } from 'lucide-react';
import type { ChatSession } from '@vana/stream-react';
import { Mark } from './mark.js';

export interface SessionListProps {
  readonly sessions: readonly ChatSession[];
  readonly current: string | undefined;
  readonly onOpen: (id: string) => void;
  readonly onNew: () => void;
  readonly onDelete: (id: string) => void;
  readonly onSignOut: () => void;
}

export function SessionList({ sessions, current, onOpen, onNew, onDelete, onSignOut }: SessionListProps) {
  return (
    <nav className="sessions" aria-label="Sessions">
      <Mark />
      <button className="new" onClick={onNew}>
        <Plus aria-hidden="true" /> New research
      </button>
      <ul>
        {sessions.map(({ id, title, activeRunId }) => (
          <li key={id} className={id === current ? 'current' : ''}>
            <button aria-current={id === current ? 'page' : undefined} onClick={() => onOpen(id)}>
              {activeRunId !== undefined && <span className="pulse" role="img" aria-label="Running" />}
              <span>{title === '' ? 'Untitled' : title}</span>
            </button>
            <button className="icon" aria-label={`Delete ${title === '' ? id : title}`} onClick={() => onDelete(id)}>
              <Trash2 />
            </button>
          </li>
        ))}
      </ul>
      {sessions.length === 0 && <p className="hint">Your questions and their answers will be kept here.</p>}
      <button className="quiet" onClick={onSignOut}>
        <LogOut aria-hidden="true" /> Sign out
      </button>
    </nav>
  );
}
