import { NodeResizeControl, type NodeProps } from '@xyflow/react';
import { memo, useEffect, useRef, useState } from 'react';
import { useActions } from './actions';
import type { NoteNode } from './flow';

/** A sticky note: double-click or Enter to write, leaving it stores what was written. */
export const Note = memo(function Note({ id, data, selected }: NodeProps<NoteNode>) {
  const { resized, written, writing } = useActions();
  const [edits, setEdits] = useState(writing.current === id);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (!edits) return;
    writing.current = null;
    field.current?.focus();
    field.current?.select();
  }, [edits, writing]);
  const end = (): void => {
    setEdits(false);
    if (field.current && field.current.value !== data.text) written(id, field.current.value);
  };
  return (
    <div className={selected ? 'cv-note on' : 'cv-note'} data-note-id={id.slice(5)} onDoubleClick={event => { event.stopPropagation(); setEdits(!data.readOnly); }}>
      {selected && !data.readOnly && <NodeResizeControl position="bottom-right" className="cv-grip" minWidth={120} minHeight={56} onResizeEnd={(_, to) => resized(id, to)} />}
      {edits
        ? <textarea ref={field} className="nodrag nowheel" aria-label="Note" defaultValue={data.text} onBlur={end} onKeyDown={event => { if (event.key === 'Escape') { event.stopPropagation(); field.current?.blur(); } }} />
        : <div className="cv-note-text">{data.text === '' ? <span className="faint">Double-click to write</span> : data.text}</div>}
    </div>
  );
});
