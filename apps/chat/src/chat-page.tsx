// The page: sessions on the left, the conversation in the middle, agents and sources on the right.
import { useEffect, useState } from 'react';
import { Menu, Moon, PanelRight, Sun } from 'lucide-react';
import { useChatStream, type Chat } from '@vana/stream-react';
import { Composer } from './composer.js';
import { ConnectionBadge } from './connection-badge.js';
import { Conversation } from './conversation.js';
import { SessionList } from './session-list.js';
import { SidePanel, type PanelTab } from './side-panel.js';
import { useTheme } from './theme.js';
import { Welcome } from './welcome.js';

export function ChatPage({ chat, onSignOut }: { readonly chat: Chat; readonly onSignOut: () => void }) {
  const stream = useChatStream(chat);
  const [theme, toggleTheme] = useTheme();
  const [drawer, setDrawer] = useState<'none' | 'sessions' | 'panel'>('none');
  const [tab, setTab] = useState<PanelTab>('agents');
  const [source, setSource] = useState<{ readonly runId: string | undefined; readonly id: string }>();
  const { messages, current, sessions, isRunning, conversation } = stream;

  useEffect(() => {
    void chat.refreshSessions().catch(() => undefined);
  }, [chat]);

  const title = sessions.find(({ id }) => id === current)?.title;
  const showSource = (runId: string | undefined, id: string): void => {
    setSource({ runId, id });
    setTab('sources');
    setDrawer('panel');
  };
  const send = (text: string): void => void stream.send(text);
  const close = (): void => setDrawer('none');

  return (
    <div
      className="page"
      data-drawer={drawer}
      onKeyDown={(event) => {
        if (event.key === 'Escape') close();
      }}
    >
      <SessionList
        sessions={sessions}
        current={current}
        onOpen={(id) => (stream.open(id), setSource(undefined), close())}
        onNew={() => (stream.startNew(), setSource(undefined), close())}
        onDelete={(id) => void stream.deleteSession(id)}
        onSignOut={onSignOut}
      />
      <div className="middle">
        <header className="bar">
          <button className="icon narrow-only" aria-label="Sessions" onClick={() => setDrawer('sessions')}>
            <Menu />
          </button>
          <h1 className="bar-title">{title ?? 'New research'}</h1>
          <ConnectionBadge status={stream.status} notices={stream.notices} onCut={stream.reconnect} />
          <button
            className="icon"
            aria-label={`Switch to ${theme === 'dark' ? 'light' : 'dark'}`}
            onClick={toggleTheme}
          >
            {theme === 'dark' ? <Sun /> : <Moon />}
          </button>
          <button className="icon panel-toggle" aria-label="Agents and sources" onClick={() => setDrawer('panel')}>
            <PanelRight />
          </button>
        </header>
        <main className="thread">
          {messages.length === 0 ? <Welcome onAsk={send} /> : <Conversation stream={stream} onSource={showSource} />}
        </main>
        <Composer key={current} isRunning={isRunning} onSend={send} onStop={() => void stream.stop()} />
      </div>
      <SidePanel
        tab={tab}
        onTab={setTab}
        network={stream.network}
        conversation={conversation}
        shown={source}
        onClose={close}
      />
      <button className="scrim" aria-label="Close" tabIndex={drawer === 'none' ? -1 : 0} onClick={close} />
    </div>
  );
}
