import { Panel, useReactFlow, useViewport } from '@xyflow/react';
import { memo } from 'react';
import { Icon } from './icons';

/** Zoom and fit, at the lower left. */
export const Bar = memo(function Bar({ onArrange }: { onArrange: (() => void) | null }) {
  const flow = useReactFlow();
  const { zoom } = useViewport();
  return (
    <Panel position="bottom-left" className="cv-bar">
      <button type="button" aria-label="Zoom out" title="Zoom out" onClick={() => void flow.zoomOut()}><Icon name="minus" /></button>
      <button type="button" className="num" title="Back to 100 %" onClick={() => void flow.zoomTo(1)}>{Math.round(zoom * 100)} %</button>
      <button type="button" aria-label="Zoom in" title="Zoom in" onClick={() => void flow.zoomIn()}><Icon name="plus" /></button>
      <button type="button" aria-label="Show everything" title="Show everything" onClick={() => void flow.fitView({ padding: 0.15, maxZoom: 1 })}><Icon name="fit" /></button>
      {onArrange && <button type="button" aria-label="Arrange" title="Arrange from left to right" onClick={onArrange}><Icon name="arrange" /></button>}
    </Panel>
  );
});
