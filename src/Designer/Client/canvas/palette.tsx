import { memo, useState, type DragEvent } from 'react';
import { Icon, Tile } from './icons';
import { found, kindChoices, noteChoice, type Choice } from './picker';
import type { Kind } from './types';

/** What a dragged entry of the palette carries. */
export const kindType = 'application/x-promptdesigner-kind';

/** Every kind by group; an entry is dragged onto the canvas, or pressed. */
export const Palette = memo(function Palette({ kinds, onAdd }: { kinds: Kind[]; onAdd: (kind: string) => void }) {
  const [typed, setTyped] = useState('');
  const groups = [...new Set(kinds.map(x => x.group))];
  const entry = (x: Choice) => (
    <button key={x.key} type="button" className="cv-entry" draggable title={x.text} data-palette-kind={x.key} onClick={() => onAdd(x.key)} onDragStart={(event: DragEvent) => { event.dataTransfer.setData(kindType, x.key); event.dataTransfer.effectAllowed = 'copy'; }}>
      <Tile icon={x.icon} tone={x.tone} small /><span className="cut">{x.title}</span><span className="hidden-visually">{x.text}</span>
    </button>
  );
  const hits = found([...kindChoices(kinds), noteChoice], typed);
  return (
    <aside className="cv-palette" aria-label="Steps to add">
      <div className="cv-find"><Icon name="search" /><input type="search" placeholder="Find a step" aria-label="Find a step" value={typed} onChange={event => setTyped(event.target.value)} onKeyDown={event => { if (event.key === 'Enter' && hits[0]) onAdd(hits[0].key); }} /><kbd>/</kbd></div>
      {typed === ''
        ? groups.map(group => <section key={group}><h2>{group}</h2>{kindChoices(kinds.filter(x => x.group === group)).map(entry)}</section>)
        : <section>{hits.map(entry)}{hits.length === 0 && <p className="muted small">Nothing is called that.</p>}</section>}
      {typed === '' && <section><h2>On the canvas</h2>{entry(noteChoice)}</section>}
    </aside>
  );
});
