import { useEffect, useId, useRef, useState } from 'react';
import { Tile } from './icons';
import type { Kind, Point } from './types';

export interface Choice { key: string; title: string; text: string; icon: string; tone: string; words: string }

export const kindChoices = (kinds: Kind[]): Choice[] =>
  kinds.map(x => ({ key: x.kind, title: x.title, text: x.sentence, icon: x.icon, tone: x.tone, words: `${x.title} ${x.sentence} ${x.group} ${x.kind}` }));

export const noteChoice: Choice = { key: 'note', title: 'Note', text: 'A sticky note for people; runs do not read it.', icon: 'note', tone: 'wait', words: 'note sticky comment' };

/** What fits the words typed, titles that begin with them first. */
export function found(choices: Choice[], typed: string): Choice[] {
  const words = typed.toLowerCase().split(/\s+/).filter(x => x !== '');
  const begins = (x: Choice): number => (words[0] && x.title.toLowerCase().startsWith(words[0]) ? 0 : 1);
  return choices.filter(x => words.every(word => x.words.toLowerCase().includes(word))).sort((a, b) => begins(a) - begins(b));
}

/** A list to choose from by keyboard or mouse, at a place of the canvas. */
export function Picker({ at, label, choices, onChoose, onClose }: { at: Point; label: string; choices: Choice[]; onChoose: (key: string) => void; onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const [place, setPlace] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const list = useId();
  const hits = found(choices, typed);
  const index = Math.min(place, hits.length - 1);
  useEffect(() => {
    box.current?.querySelector('.on')?.scrollIntoView({ block: 'nearest' });
  }, [index, typed]);
  useEffect(() => {
    box.current?.querySelector('input')?.focus();
    const leave = (event: PointerEvent): void => { if (!box.current?.contains(event.target as Node)) onClose(); };
    document.addEventListener('pointerdown', leave, true);
    return () => document.removeEventListener('pointerdown', leave, true);
  }, [onClose]);
  const onKey = (event: React.KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === 'ArrowDown') setPlace(Math.min(index + 1, hits.length - 1));
    else if (event.key === 'ArrowUp') setPlace(Math.max(index - 1, 0));
    else if (event.key === 'Enter' && hits[index]) onChoose(hits[index].key);
    else if (event.key === 'Escape' || event.key === 'Tab') onClose();
    else return;
    event.preventDefault();
  };
  return (
    <div className="cv-picker" ref={box} style={{ left: at.x, top: at.y }} role="dialog" aria-label={label} onKeyDown={onKey}>
      <input className="field" placeholder={label} aria-label={label} role="combobox" aria-expanded="true" aria-controls={list} aria-activedescendant={hits[index] ? `${list}-${index}` : undefined} value={typed} onChange={event => { setTyped(event.target.value); setPlace(0); }} />
      <div className="cv-hits" role="listbox" id={list} aria-label={label}>
        {hits.map((x, i) => (
          <div key={x.key} id={`${list}-${i}`} role="option" aria-selected={i === index} className={i === index ? 'cv-hit on' : 'cv-hit'} data-choice={x.key} onPointerMove={() => setPlace(i)} onClick={() => onChoose(x.key)}>
            <Tile icon={x.icon} tone={x.tone} small />
            <span className="cv-hit-words"><span className="medium">{x.title}</span><span className="small muted">{x.text}</span></span>
          </div>
        ))}
        {hits.length === 0 && <div className="cv-none muted">Nothing is called that.</div>}
      </div>
    </div>
  );
}
