import type { Point } from './types';

/** Where lines that a dragged node has in common with a neighbour cross the canvas, in its own pixels. */
export interface GuidesAt { x?: number; y?: number }

/** Lines as far as they can be seen: longer ones would be painted where nobody looks. */
export const Guides = ({ at }: { at: GuidesAt }) => (
  <>
    {at.x !== undefined && <div className="cv-guide down" style={{ left: at.x }} />}
    {at.y !== undefined && <div className="cv-guide across" style={{ top: at.y }} />}
  </>
);

/** From the coordinates of a container (which begins at `origin`) to the canvas's own pixels. */
export function seenAt(lines: GuidesAt, origin: Point, toScreen: (at: Point) => Point, canvas: Element): GuidesAt | null {
  if (lines.x === undefined && lines.y === undefined) return null;
  const box = canvas.getBoundingClientRect();
  const at = toScreen({ x: origin.x + (lines.x ?? 0), y: origin.y + (lines.y ?? 0) });
  return { ...(lines.x === undefined ? {} : { x: at.x - box.left }), ...(lines.y === undefined ? {} : { y: at.y - box.top }) };
}
