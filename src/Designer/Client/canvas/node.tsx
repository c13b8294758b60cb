import { Handle, NodeResizeControl, Position, type NodeProps } from '@xyflow/react';
import { memo, useContext } from 'react';
import { LightContext, useActions } from './actions';
import type { StepData, StepNode } from './flow';
import { Icon, StateIcon, Tile } from './icons';
import { named } from './kinds';

function Ports({ data }: { data: StepData }) {
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
  const { resized, fold } = useActions();
  const light = useContext(LightContext);
  const { kind, node } = data;
  const isContainer = kind.container && !data.folded;
  const lit = light.sources.has(id) ? ' source' : light.readers.has(id) ? ' reader' : '';
  return (
    <div className={`cv-node${isContainer ? ' holds' : ''}${selected ? ' on' : ''}${node.disabled ? ' off' : ''}${data.state ? ` is-${data.state.status.toLowerCase()}` : ''}${data.mark ? ` was-${data.mark}` : ''}${lit}`} data-node-id={id} data-node-kind={node.kind} data-state={data.state?.status} data-mark={data.mark}>
      {isContainer && selected && !data.readOnly && <NodeResizeControl position="bottom-right" className="cv-grip" minWidth={280} minHeight={144} onResizeEnd={(_, to) => resized(id, to)} />}
      {kind.takesIn && <Handle type="target" position={Position.Left} id="in" data-port="in" role="img" aria-label={`${data.name}: in`} />}
      <div className="cv-head">
        <Tile icon={kind.icon} tone={kind.tone} small={isContainer} />
        <div className="cv-names">
          <div className="cv-name" title={data.name}>{data.name}</div>
          <div className="cv-kind cut">{node.disabled ? 'Switched off · ' : ''}{data.detail === data.name ? kind.group : data.detail}{isContainer && data.summary ? ` · ${data.summary}` : ''}</div>
        </div>
        <Count data={data} />
        {data.pinned && <span className="cv-pin" role="img" aria-label="Its output is pinned" title="Its output is pinned"><Icon name="pin" /></span>}
        {data.allowed && <span className="cv-allowed" role="img" aria-label={data.allowed} title={data.allowed}><Icon name="open" /></span>}
        {data.mark && <span className={`cv-mark ${data.mark}`}>{data.mark}</span>}
        {kind.container && <button type="button" className="cv-fold nodrag" aria-label={data.folded ? `Unfold ${data.name}` : `Fold ${data.name}`} aria-expanded={!data.folded} title={data.folded ? 'Unfold (F)' : 'Fold (F)'} onClick={event => { event.stopPropagation(); fold(id); }}><Icon name={data.folded ? 'unfold' : 'fold'} /></button>}
      </div>
      {data.folded && <div className="cv-summary cut">{data.inside === 1 ? '1 step inside' : `${data.inside} steps inside`}{data.summary ? ` · ${data.summary}` : ''}</div>}
      {!kind.container && data.summary !== '' && <div className="cv-summary cut">{data.summary}</div>}
      <Ports data={data} />
      {isContainer && data.inside === 0 && <div className="cv-hint">Drop steps in here</div>}
      <Footer data={data} />
    </div>
  );
});
