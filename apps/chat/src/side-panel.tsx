// Agents and sources of the conversation.
import { lazy, Suspense } from 'react';
import { X } from 'lucide-react';
import { runOf, type AgentNetwork, type Conversation } from '@vana/stream-react';
import { Sources } from './sources.js';

export type PanelTab = 'agents' | 'sources';

export interface SidePanelProps {
  readonly tab: PanelTab;
  readonly onTab: (tab: PanelTab) => void;
  readonly network: AgentNetwork;
  readonly conversation: Conversation;
  /** Whose sources, and which of them is pointed at. */
  readonly shown: { readonly runId: string | undefined; readonly id: string } | undefined;
  readonly onClose: () => void;
}

const AgentGraph = lazy(() => import('./agent-graph.js'));
const TABS = { agents: 'Agents', sources: 'Sources' } as const;

export function SidePanel({ tab, onTab, network, conversation, shown, onClose }: SidePanelProps) {
  const run = runOf(conversation, shown?.runId) ?? conversation.run;
  return (
    <aside className="panel" aria-label="Agents and sources">
      <div className="tabs">
        {(['agents', 'sources'] as const).map((name) => (
          <button key={name} aria-pressed={tab === name} onClick={() => onTab(name)}>
            {TABS[name]}
            {name === 'sources' && run && run.sources.length > 0 && <span className="count">{run.sources.length}</span>}
          </button>
        ))}
        <button className="icon panel-close" aria-label="Close the panel" onClick={onClose}>
          <X />
        </button>
      </div>
      {tab === 'sources' ? (
        <Sources sources={run?.sources ?? []} shown={shown?.id} />
      ) : network.agents.length === 0 ? (
        <p className="empty">The agents appear here as soon as they have something to do.</p>
      ) : (
        <>
          <Suspense fallback={<div className="graph" />}>
            <AgentGraph network={network} />
          </Suspense>
          <ol className="activity" aria-label="What the agents did" tabIndex={0}>
            {network.activity
              .slice(-60)
              .reverse()
              .map(({ id, kind, agentId, text, details }) => (
                <li key={id} data-kind={kind}>
                  <strong>{network.agents.find((agent) => agent.id === agentId)?.name ?? agentId}</strong> {text}
                  {details && <small>{details}</small>}
                </li>
              ))}
          </ol>
        </>
      )}
    </aside>
  );
}
