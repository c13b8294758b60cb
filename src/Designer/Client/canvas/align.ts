import type { GuidesAt } from './guides';
import { boxOf, type Flow } from './places';
import type { Graph, Placed, Point, Size } from './types';

/** How nodes are brought into line. */
export type Side = 'left' | 'centre' | 'right' | 'top' | 'middle' | 'bottom' | 'across' | 'down';

type Box = Point & Size & { id: string };

/** Where the nodes stand when they are in line; `across` and `down` make the gaps between them alike. */
export function inLine(flow: Flow, graph: Graph, ids: string[], side: Side): Placed[] {
  const chosen = new Set(ids);
  const nodes = graph.nodes.filter(x => chosen.has(x.id) && !(x.parent && chosen.has(x.parent))); // what is in a container moves with it
  const boxes = nodes.map((x): Box => ({ id: x.id, ...boxOf(flow, x.id) }));
  if (boxes.length < 2) return [];
  const to = side === 'across' || side === 'down' ? spread(boxes, side) : lined(boxes, side);
  return nodes.flatMap((node, i) => {
    const [box, at] = [boxes[i]!, to.get(node.id)!];
    const by = { x: Math.round(at.x - box.x), y: Math.round(at.y - box.y) };
    return by.x === 0 && by.y === 0 ? [] : [{ id: node.id, x: (node.position?.x ?? 0) + by.x, y: (node.position?.y ?? 0) + by.y }];
  });
}

function lined(boxes: Box[], side: Side): Map<string, Point> {
  const left = Math.min(...boxes.map(x => x.x));
  const right = Math.max(...boxes.map(x => x.x + x.width));
  const top = Math.min(...boxes.map(x => x.y));
  const bottom = Math.max(...boxes.map(x => x.y + x.height));
  return new Map(boxes.map(box => [box.id, {
    x: side === 'left' ? left : side === 'right' ? right - box.width : side === 'centre' ? (left + right - box.width) / 2 : box.x,
    y: side === 'top' ? top : side === 'bottom' ? bottom - box.height : side === 'middle' ? (top + bottom - box.height) / 2 : box.y,
  }]));
}

function spread(boxes: Box[], side: 'across' | 'down'): Map<string, Point> {
  const [from, size] = side === 'across' ? (['x', 'width'] as const) : (['y', 'height'] as const);
  const sorted = [...boxes].sort((a, b) => a[from] - b[from]);
  const [first, last] = [sorted[0]!, sorted.at(-1)!];
  const gap = (last[from] + last[size] - first[from] - sorted.reduce((sum, x) => sum + x[size], 0)) / (sorted.length - 1);
  let at = first[from];
  const places = new Map<string, Point>();
  for (const box of sorted) {
    places.set(box.id, { ...{ x: box.x, y: box.y }, [from]: at });
    at += box[size] + gap;
  }
  return places;
}

/** A place near the one given where the node is in line with another, and the lines, in the coordinates of its container. */
export function guided(flow: Flow, id: string, at: Point): { at: Point; lines: GuidesAt } {
  const node = flow.getNode(id);
  const size = { width: node?.measured?.width ?? 0, height: node?.measured?.height ?? 0 };
  const near = 5 / flow.getZoom();
  const lines: GuidesAt = {};
  const to = { ...at };
  let [dx, dy] = [near, near];
  for (const other of flow.getNodes()) {
    if (other.id === id || other.parentId !== node?.parentId || other.hidden || other.selected) continue;
    const [width, height] = [other.measured?.width ?? 0, other.measured?.height ?? 0];
    for (const part of [0, 0.5, 1]) {
      const [x, y] = [other.position.x + width * part, other.position.y + height * part];
      const [byX, byY] = [x - (at.x + size.width * part), y - (at.y + size.height * part)];
      if (Math.abs(byX) < dx) [dx, to.x, lines.x] = [Math.abs(byX), at.x + byX, x];
      if (Math.abs(byY) < dy) [dy, to.y, lines.y] = [Math.abs(byY), at.y + byY, y];
    }
  }
  return { at: to, lines };
}
