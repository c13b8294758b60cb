// React Flow alone, with the nodes of a pipeline and nothing of ours: what the canvas is measured against.
import { Background, MiniMap, Position, ReactFlow, useEdgesState, useNodesState } from '@xyflow/react';
import { createRoot } from 'react-dom/client';
import '@xyflow/react/dist/style.css';

interface File { nodes: { id: string; name?: string; kind: string; position: { x: number; y: number } }[]; edges: { from: string; to: string }[] }

/** The room and the view are the other canvas's, so that as much is drawn. */
const given = (name: string): number => Number(new URLSearchParams(location.search).get(name));

function Bare({ file }: { file: File }) {
  const [nodes, , onNodesChange] = useNodesState(file.nodes.map(x => ({ id: x.id, position: x.position, data: { label: x.name ?? x.kind }, style: { width: 232 }, sourcePosition: Position.Right, targetPosition: Position.Left })));
  const [edges, , onEdgesChange] = useEdgesState(file.edges.map(x => ({ id: `${x.from}>${x.to}`, source: x.from, target: x.to, type: 'smoothstep' })));
  return (
    <ReactFlow nodes={nodes} edges={edges} onNodesChange={onNodesChange} onEdgesChange={onEdgesChange} onlyRenderVisibleElements minZoom={0.1} defaultViewport={{ x: given('x'), y: given('y'), zoom: given('zoom') }}>
      <Background gap={16} />
      <MiniMap pannable zoomable />
    </ReactFlow>
  );
}

const host = document.getElementById('host')!;
for (const side of ['left', 'top', 'width', 'height'] as const) host.style[side] = `${given(side)}px`;
const text = await (await fetch('/graph')).text();
performance.mark('canvas:mount');
createRoot(host).render(<Bare file={JSON.parse(text) as File} />);
