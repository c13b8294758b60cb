import type { ReactFlowInstance, Viewport } from '@xyflow/react';
import { withInside } from './document';
import type { CanvasNode, Wire } from './flow';
import type { Kinds } from './kinds';
import type { Graph, GraphEdge, Point, Size } from './types';

export type Flow = ReactFlowInstance<CanvasNode, Wire>;

/** Where a node is drawn on the whole canvas, and how large. */
export function boxOf(flow: Flow, id: string): Point & Size {
  const node = flow.getInternalNode(id);
  const at = node?.internals.positionAbsolute ?? { x: 0, y: 0 };
  return { ...at, width: node?.measured.width ?? node?.width ?? 232, height: node?.measured.height ?? node?.height ?? 72 };
}

export function centreOf(flow: Flow, id: string): Point {
  const box = boxOf(flow, id);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** The innermost container under a point, leaving out the given nodes and what is in them. */
export function containerAt(flow: Flow, graph: Graph, kinds: Kinds, at: Point, except: string[]): string | undefined {
  const out = withInside(graph, except);
  const hits = graph.nodes.filter(x => kinds.of(x.kind).container && !out.has(x.id) && isOpen(flow, x.id)).map(x => ({ id: x.id, box: boxOf(flow, x.id) }))
    .filter(({ box }) => at.x >= box.x && at.x <= box.x + box.width && at.y >= box.y && at.y <= box.y + box.height);
  return hits.sort((a, b) => a.box.width * a.box.height - b.box.width * b.box.height)[0]?.id;
}

function isOpen(flow: Flow, id: string): boolean {
  const node = flow.getNode(id);
  return node?.type === 'step' && !node.hidden && !node.data.folded;
}

/** The edge that is drawn under a point of the window. */
export function edgeAt(flow: Flow, at: Point): GraphEdge | undefined {
  for (const element of document.elementsFromPoint(at.x, at.y)) {
    const id = element.closest('.react-flow__edge')?.getAttribute('data-id');
    const edge = id ? flow.getEdge(id) : undefined;
    if (edge?.data) return edge.data.edge;
  }
  return undefined;
}

/** A place near the wish that no node covers. */
export function freePlace(flow: Flow, wish: Point, size: Size): Point {
  const boxes = flow.getNodes().filter(x => !x.parentId).map(x => boxOf(flow, x.id));
  const at = { ...wish };
  for (let tries = 0; tries < 40; tries++) {
    if (!boxes.some(x => at.x < x.x + x.width + 16 && at.x + size.width + 16 > x.x && at.y < x.y + x.height + 16 && at.y + size.height + 16 > x.y)) break;
    at.y += 48;
  }
  return at;
}

/** The first look: everything where it can be read like this, else the beginning. */
export function firstLook(nodes: CanvasNode[], view: HTMLElement, readOnly: boolean): Viewport {
  const boxes = nodes.filter(x => !x.parentId && !x.hidden).map(x => ({ ...x.position, width: x.measured?.width ?? 0, height: x.measured?.height ?? 0 }));
  const [left, top] = [Math.min(...boxes.map(x => x.x)), Math.min(...boxes.map(x => x.y))];
  const bounds = boxes.length === 0 ? { x: 0, y: 0, width: 0, height: 0 } : { x: left, y: top, width: Math.max(...boxes.map(x => x.x + x.width)) - left, height: Math.max(...boxes.map(x => x.y + x.height)) - top };
  const [width, height] = [view.clientWidth, view.clientHeight];
  const margin = readOnly ? 24 : 48;
  const whole = Math.min(1, (width - 2 * margin) / Math.max(bounds.width, 1), (height - 2 * margin) / Math.max(bounds.height, 1));
  const zoom = whole >= (readOnly ? 0.4 : 0.45) ? whole : readOnly ? 0.4 : 0.7;
  const x = bounds.width * zoom > width - 2 * margin ? margin - bounds.x * zoom : (width - bounds.width * zoom) / 2 - bounds.x * zoom;
  const y = bounds.height * zoom > height - 2 * margin ? margin - bounds.y * zoom : (height - bounds.height * zoom) / 2.4 - bounds.y * zoom;
  return { x: Math.round(x), y: Math.round(y), zoom };
}

/** True where the whole node can be seen. */
export function isInView(flow: Flow, id: string, view: Element): boolean {
  const box = boxOf(flow, id);
  const [from, to] = [flow.flowToScreenPosition(box), flow.flowToScreenPosition({ x: box.x + box.width, y: box.y + box.height })];
  const seen = view.getBoundingClientRect();
  return flow.getNode(id) !== undefined && from.x >= seen.left && from.y >= seen.top && to.x <= seen.right && to.y <= seen.bottom;
}
