import type { Edge, Node } from '@xyflow/react';
import { edgeKey } from './document';
import { drawn } from './drawn';
import { besideOf, detailOf, nameOf, portsOf, summaryOf, type Kinds, type Port } from './kinds';
import type { Shown } from './store';
import type { Graph, GraphEdge, GraphNode, Kind, Mark, Problem, Size, State } from './types';

export type StepData = { node: GraphNode; kind: Kind; name: string; detail: string; summary: string; ports: Port[]; errors: string[]; warnings: string[]; state: State | undefined; mark: Mark | undefined; inside: number; folded: boolean; pinned: boolean; allowed: string | undefined; readOnly: boolean };
export type NoteData = { text: string; readOnly: boolean };
export type StepNode = Node<StepData, 'step'>;
export type NoteNode = Node<NoteData, 'note'>;
export type CanvasNode = StepNode | NoteNode;
export type WireData = { edge: GraphEdge; mood: '' | 'taken' | 'dead' | 'live' | Mark };
export type Wire = Edge<WireData, 'wire'>;

export const nodeWidth = 232;
const least: Size = { width: 280, height: 144 };

/** A container is at least as large as what is in it. */
function sizeOf(node: GraphNode, inside: Inside): Size {
  const { state, ports } = inside.dataOf(node);
  const foot = state ? 32 : 0;
  const size = { width: Math.max(least.width, node.size?.width ?? 0), height: Math.max(least.height, node.size?.height ?? 0) };
  for (const child of inside.children.get(node.id) ?? []) {
    const data = inside.dataOf(child);
    const own = data.kind.container && !data.folded ? sizeOf(child, inside) : drawn(data, { width: nodeWidth }).measured;
    size.width = Math.max(size.width, (child.position?.x ?? 0) + own.width + besideOf(ports));
    size.height = Math.max(size.height, (child.position?.y ?? 0) + own.height + 24 + foot);
  }
  return size;
}

interface Inside { children: Map<string, GraphNode[]>; dataOf: (node: GraphNode) => StepData }

function grouped<T>(items: readonly T[], keyOf: (item: T) => string | undefined): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** Everything that lies in a folded container. */
function hiddenIn(nodes: readonly GraphNode[], folded: ReadonlySet<string>): Set<string> {
  const hidden = new Set<string>();
  for (const node of nodes) if (node.parent && (folded.has(node.parent) || hidden.has(node.parent))) hidden.add(node.id); // parents come first
  return hidden;
}

/** Parents before what is in them, as React Flow asks for. */
function ordered(graph: Graph): GraphNode[] {
  const known = new Set(graph.nodes.map(x => x.id));
  const done = new Set<string>();
  const list: GraphNode[] = [];
  for (let rest = graph.nodes; rest.length > 0;) {
    const ready = rest.filter(x => !x.parent || !known.has(x.parent) || done.has(x.parent));
    if (ready.length === 0) break; // parents in a circle: the problems say so
    ready.forEach(x => done.add(x.id));
    list.push(...ready);
    rest = rest.filter(x => !done.has(x.id));
  }
  return list;
}

/** What React Flow draws, with what it knows of the nodes that were there before. */
export function toNodes(shown: Shown, kinds: Kinds, before: CanvasNode[], readOnly: boolean): CanvasNode[] {
  const earlier = new Map(before.map(x => [x.id, x]));
  const { graph } = shown;
  const ids = new Set(graph.nodes.map(x => x.id));
  const children = grouped(graph.nodes, x => x.parent);
  const problemsOf = grouped<Problem>(shown.problems, x => x.node);
  const inOrder = ordered(graph);
  const hidden = hiddenIn(inOrder, shown.folded);
  const known = new Map<GraphNode, StepData>();
  const dataOf = (node: GraphNode): StepData => {
    const made = known.get(node);
    if (made) return made;
    const kind = kinds.of(node.kind);
    const problems = problemsOf.get(node.id) ?? [];
    const folded = kind.container && shown.folded.has(node.id);
    const data: StepData = {
      node, kind, name: nameOf(node, kind), detail: detailOf(node, kind), summary: summaryOf(node, kind), ports: portsOf(node, kind), readOnly,
      errors: problems.filter(x => !x.warning).map(x => x.message), warnings: problems.filter(x => x.warning).map(x => x.message), state: shown.states[node.id],
      mark: shown.marks[node.id], inside: children.get(node.id)?.length ?? 0, folded, pinned: shown.pinned.has(node.id), allowed: shown.allowed[node.id],
    };
    known.set(node, data);
    return data;
  };
  const nodes = inOrder.map((node): CanvasNode => {
    const data = dataOf(node);
    const { kind, folded } = data;
    const size: Partial<Size> & { width: number } = kind.container && !folded ? sizeOf(node, { children, dataOf }) : { width: nodeWidth };
    return reuse(earlier.get(node.id), {
      id: node.id, type: 'step', position: node.position ?? { x: 0, y: 0 }, data,
      ...(node.parent && ids.has(node.parent) ? { parentId: node.parent } : {}),
      ...size, zIndex: kind.container && !folded ? 0 : 2,
      hidden: hidden.has(node.id),
      ariaLabel: `${data.name}, ${data.kind.title}${data.errors.length > 0 ? `, ${data.errors.length} problems` : ''}${data.state ? `, ${data.state.word}` : ''}${data.mark ? `, ${data.mark}` : ''}`,
    }, data, size);
  });
  const notes = (graph.notes ?? []).map((note): CanvasNode => reuse(earlier.get(`note:${note.id}`), {
    id: `note:${note.id}`, type: 'note', position: note.position ?? { x: 0, y: 0 }, data: { text: note.text, readOnly }, ...noteSize(note), measured: noteSize(note), handles: [], zIndex: 1,
    ariaLabel: `Note: ${note.text.slice(0, 80)}`,
  }));
  return [...nodes, ...notes];
}

const noteSize = (note: { size?: Size }): Size => ({ width: note.size?.width ?? 200, height: note.size?.height ?? 88 });

/** The same for whoever draws it. */
function isAlike(before: StepData | NoteData, now: StepData | NoteData): boolean {
  const alike = (x: unknown, y: unknown): boolean => x === y || (typeof x === 'object' && typeof y === 'object' && JSON.stringify(x) === JSON.stringify(y));
  return (Object.keys(now) as (keyof typeof now)[]).every(key => alike(before[key], now[key]));
}

/** @param size Of a step; with its data it says how it will be drawn. */
function reuse(before: CanvasNode | undefined, now: CanvasNode, step?: StepData, size?: Partial<Size> & { width: number }): CanvasNode {
  if (!before || before.type !== now.type) return step && size ? { ...now, ...drawn(step, size) } as CanvasNode : now;
  const position = before.dragging ? before.position : now.position;
  const data = isAlike(before.data, now.data) ? before.data : now.data;
  const isSame = data === before.data && before.parentId === now.parentId && before.position.x === position.x && before.position.y === position.y && before.width === now.width && before.height === now.height && before.hidden === now.hidden;
  if (isSame) return before;
  return { ...before, ...now, position, data, parentId: now.parentId, height: now.height, ...(before.handles && step && size ? drawn(step, size) : {}) } as CanvasNode;
}

export function toEdges(shown: Shown, before: Wire[]): Wire[] {
  const earlier = new Map(before.map(x => [x.id, x]));
  const ids = new Set(shown.graph.nodes.map(x => x.id));
  const parents = new Map(shown.graph.nodes.map(x => [x.id, x.parent]));
  const hidden = hiddenIn(ordered(shown.graph), shown.folded);
  return shown.graph.edges.filter(x => ids.has(x.from) && ids.has(x.to)).map((edge): Wire => {
    const id = edgeKey(edge);
    const was = earlier.get(id);
    const mood = shown.marks[id] ?? moodOf(edge, shown.states);
    const isHidden = hidden.has(edge.from) || hidden.has(edge.to);
    if (was?.data?.mood === mood && was.hidden === isHidden) return was;
    return { id, type: 'wire', source: edge.from, target: edge.to, sourceHandle: edge.fromPort ?? 'out', targetHandle: edge.toPort ?? 'in', data: { edge, mood }, selected: was?.selected ?? false, hidden: isHidden, zIndex: parents.get(edge.from) ? 1 : 0 };
  });
}

function moodOf(edge: GraphEdge, states: Readonly<Record<string, State>>): WireData['mood'] {
  const from = states[edge.from];
  if (from?.status === 'Succeeded') return (from.port ?? 'out') !== (edge.fromPort ?? 'out') ? 'dead' : states[edge.to]?.status === 'Running' ? 'live' : 'taken';
  return from && ['Skipped', 'Failed', 'Cancelled'].includes(from.status) ? 'dead' : '';
}
