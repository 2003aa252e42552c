// The agents as a graph: who works for whom, how they are, what they do now.
import { memo, useMemo } from 'react';
import { Handle, Position, ReactFlow, type Edge, type Node, type NodeProps } from '@xyflow/react';
import type { AgentNetwork, AgentView } from '@vana/stream-react';
import { placesOf } from './agent-layout.js';

type AgentNode = Node<{ agent: AgentView }, 'agent'>;

const STATUS = { waiting: 'waiting', current: 'working', completed: 'done', error: 'failed' } as const;
const nodeTypes = { agent: memo(AgentBox) };
const fit = { padding: 0.12, maxZoom: 1 };

function AgentBox({ data: { agent } }: NodeProps<AgentNode>) {
  return (
    <div className="agent" data-status={agent.status} title={agent.task}>
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <strong>{agent.name}</strong>
      <span>
        {STATUS[agent.status]}
        {agent.calls > 1 && ` · ${agent.calls} calls`}
        {agent.seconds !== undefined && ` · ${agent.seconds.toFixed(1)} s`}
      </span>
      <em>{agent.status === 'current' ? (agent.step ?? agent.task) : ''}</em>
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </div>
  );
}

export default function AgentGraph({ network: { agents, links } }: { readonly network: AgentNetwork }) {
  const shape = agents.map(({ id, parentId }) => `${id}<${parentId ?? ''}`).join();
  // Positions change when the network does, not when an agent's state does.
  const places = useMemo(() => placesOf(agents), [shape]);
  const nodes = agents.map((agent): AgentNode => {
    const position = places.get(agent.id) ?? { x: 0, y: 0 };
    return {
      id: agent.id,
      type: 'agent',
      position,
      data: { agent },
      ariaLabel: `${agent.name}: ${STATUS[agent.status]}`,
    };
  });
  const working = new Set(agents.filter(({ status }) => status === 'current').map(({ id }) => id));
  const edges = agents.flatMap(({ id, parentId }): Edge[] => {
    if (parentId === undefined || !places.has(parentId)) return [];
    const count = links.find(
      ({ source, target, type }) => source === parentId && target === id && type === 'delegates_to',
    );
    const label = count && count.count > 1 ? `${count.count}×` : undefined;
    return [{ id: `${parentId} ${id}`, source: parentId, target: id, label, animated: working.has(id) }];
  });
  return (
    <div className="graph" role="group" aria-label="Agent network">
      <ReactFlow
        key={shape}
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        fitView
        fitViewOptions={fit}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        preventScrolling={false}
        zoomOnScroll={false}
        minZoom={0.3}
      />
    </div>
  );
}
