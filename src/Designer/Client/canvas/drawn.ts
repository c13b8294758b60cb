import { Position, type NodeHandle } from '@xyflow/react';
import type { StepData } from './flow';
import { named } from './kinds';
import type { Size } from './types';

// The numbers of canvas.css, in its pixels: with them React Flow knows where nodes and dots are before it has drawn them, and draws only what is in view.
const border = 1;
const dot = 10;
const headPadding = 22;
const tile = 28;
const line = 16;
const besideName = 2 * border + 24 + tile + 10;
const summary = 24;
const port = 20;
const underPorts = 7;
const foot = 27;
const inDot = 26;
const inDotOfContainer = 21;
const portsOfContainer = 46;

let pen: CanvasRenderingContext2D | null = null;

/** One line or two; measured only where the name may be too long for one. */
function linesOf(data: StepData, width: number): number {
  const room = width - besideName - (data.errors.length + data.warnings.length > 0 ? 28 : 0) - (data.pinned ? 26 : 0) - (data.allowed ? 26 : 0) - (data.kind.container ? 28 : 0);
  if (data.name.length * 13 <= room) return 1;
  if (!pen) {
    pen = document.createElement('canvas').getContext('2d')!;
    pen.font = `600 13px ${getComputedStyle(document.body).fontFamily}`;
  }
  return pen.measureText(data.name).width <= room ? 1 : 2;
}

/** How large a step is drawn and where its dots are. It is measured again once it is in view, and then that counts. */
export function drawn(data: StepData, size: Partial<Size> & { width: number }): { measured: Size; handles: NodeHandle[] } {
  const isContainer = data.kind.container && !data.folded;
  const head = headPadding + Math.max(tile, line * linesOf(data, size.width) + line);
  const ports = named(data.ports) ? data.ports.length * port + underPorts : 0;
  const hasSummary = data.folded || (!data.kind.container && data.summary !== '');
  const top = border + head + (hasSummary ? summary : 0);
  const hasFoot = data.state !== undefined && data.state.status !== 'Pending';
  const height = size.height ?? top + ports + (hasFoot ? foot : 0) + border;
  const at = (y: number): { y: number; width: number; height: number } => ({ y: y - dot / 2, width: dot, height: dot });
  const first = border + (isContainer ? inDotOfContainer : inDot);
  const right = size.width - border - dot / 2;
  return {
    measured: { width: size.width, height },
    handles: [
      ...(data.kind.takesIn ? [{ id: 'in', type: 'target' as const, position: Position.Left, x: border - dot / 2, ...at(first) }] : []),
      ...data.ports.map((x, i) => ({ id: x.name, type: 'source' as const, position: Position.Right, x: right, ...at(named(data.ports) ? (isContainer ? border + portsOfContainer : top) + (i + 0.5) * port : first) })),
    ],
  };
}
