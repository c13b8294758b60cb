import { Panel } from '@xyflow/react';
import type { Side } from './align';
import { Icon } from './icons';

const sides: { side: Side; title: string; least: number }[] = [
  { side: 'left', title: 'Left edges in line', least: 2 }, { side: 'centre', title: 'Centres above each other', least: 2 }, { side: 'right', title: 'Right edges in line', least: 2 },
  { side: 'top', title: 'Tops in line', least: 2 }, { side: 'middle', title: 'Middles in line', least: 2 }, { side: 'bottom', title: 'Bottoms in line', least: 2 },
  { side: 'across', title: 'Same gaps across', least: 3 }, { side: 'down', title: 'Same gaps downwards', least: 3 },
];

/** What can be done with several chosen nodes. */
export function Toolbar({ count, onAlign, onZoom }: { count: number; onAlign: (side: Side) => void; onZoom: () => void }) {
  return (
    <Panel position="top-center" className="cv-bar" role="toolbar" aria-label={`${count} steps chosen`}>
      {sides.filter(x => count >= x.least).map(x => <button key={x.side} type="button" aria-label={x.title} title={x.title} data-align={x.side} onClick={() => onAlign(x.side)}><Icon name={x.side} /></button>)}
      <button type="button" aria-label="Zoom to what is chosen" title="Zoom to what is chosen (Shift+2)" onClick={onZoom}><Icon name="fit" /></button>
    </Panel>
  );
}
