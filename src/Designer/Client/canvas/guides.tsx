import { ViewportPortal } from '@xyflow/react';
import type { Lines } from './align';
import type { Point } from './types';

const far = 100_000;

/** The lines in which a dragged node stands, over the whole canvas. */
export const Guides = ({ lines, origin, zoom }: { lines: Lines; origin: Point; zoom: number }) => (
  <ViewportPortal>
    {lines.x !== undefined && <div className="cv-guide" style={{ transform: `translate(${origin.x + lines.x}px, ${-far}px)`, width: 1 / zoom, height: 2 * far }} />}
    {lines.y !== undefined && <div className="cv-guide" style={{ transform: `translate(${-far}px, ${origin.y + lines.y}px)`, height: 1 / zoom, width: 2 * far }} />}
  </ViewportPortal>
);
