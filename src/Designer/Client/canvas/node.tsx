import { Handle, NodeResizeControl, Position, type NodeProps } from '@xyflow/react';
import { memo } from 'react';
import { useActions } from './actions';
import type { StepData, StepNode } from './flow';
import { StateIcon, Tile } from './icons';

const named = (ports: StepData['ports']): boolean => ports.length > 1 || ports[0]?.name !== 'out';

function Ports({ data }: { data: StepData }) {
  if (data.ports.length === 0) return null;
  if (!named(data.ports)) return data.ports.map(x => <Handle key={x.name} type="source" position={Position.Right} id={x.name} data-port={x.name} role="img" aria-label={`${data.name}: out`} />);
  return (
    <div className="cv-ports">
      {data.ports.map(x => (
        <div className="cv-port" key={x.name}>
          <span className="cut" title={x.title}>{x.title}</span>
          <Handle type="source" position={Position.Right} id={x.name} data-port={x.name} role="img" aria-label={`${data.name}: ${x.title}`} />
        </div>
      ))}
    </div>
  );
}

function Footer({ data }: { data: StepData }) {
  const { state } = data;
  if (!state || state.status === 'Pending') return null;
  const said = state.text ?? state.note ?? (named(data.ports) && state.port && state.port !== 'out' ? state.port : state.word);
  return (
    <div className={`cv-foot ink-${state.tone === 'skipped' ? 'slate' : state.tone}`}>
      <StateIcon status={state.status} />
      <span className="cut grow">{said}</span>
      <span className="cv-cost">{[state.time, state.cost].filter(x => x).join(' · ')}</span>
    </div>
  );
}

function Count({ data }: { data: StepData }) {
  const of = data.errors.length > 0 ? data.errors : data.warnings;
  if (of.length === 0) return null;
  return <span className={data.errors.length > 0 ? 'cv-count' : 'cv-count mild'} title={of.join('\n')}>{of.length}</span>;
}

/** Every kind of node, drawn from data; a container is the same node with room in it. */
export const Step = memo(function Step({ id, data, selected }: NodeProps<StepNode>) {
  const { resized } = useActions();
  const { kind, node } = data;
  const isContainer = kind.container;
  return (
    <div className={`cv-node${isContainer ? ' holds' : ''}${selected ? ' on' : ''}${node.disabled ? ' off' : ''}${data.state ? ` is-${data.state.status.toLowerCase()}` : ''}`} data-node-id={id} data-node-kind={node.kind} data-state={data.state?.status}>
      {isContainer && selected && !data.readOnly && <NodeResizeControl position="bottom-right" className="cv-grip" minWidth={280} minHeight={144} onResizeEnd={(_, to) => resized(id, to)} />}
      {kind.takesIn && <Handle type="target" position={Position.Left} id="in" data-port="in" role="img" aria-label={`${data.name}: in`} />}
      <div className="cv-head">
        <Tile icon={kind.icon} tone={kind.tone} small={isContainer} />
        <div className="cv-names">
          <div className="cv-name" title={data.name}>{data.name}</div>
          <div className="cv-kind cut">{node.disabled ? 'Switched off · ' : ''}{data.detail === data.name ? kind.group : data.detail}{isContainer && data.summary ? ` · ${data.summary}` : ''}</div>
        </div>
        <Count data={data} />
      </div>
      {!isContainer && data.summary !== '' && <div className="cv-summary cut">{data.summary}</div>}
      <Ports data={data} />
      {isContainer && data.inside === 0 && <div className="cv-hint">Drop steps in here</div>}
      <Footer data={data} />
    </div>
  );
});
