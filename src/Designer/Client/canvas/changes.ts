import { edgeKey, withInside } from './document';
import { nameOf, portsOf, type Kinds } from './kinds';
import type { Graph, GraphEdge, GraphNode, Operation, Point } from './types';

export const grid = 8;
export const snap = (value: number): number => Math.round(value / grid) * grid;
const taken = new Set(['run', 'item', 'index', 'attempt', 'feedback', 'previous', 'forloop', 'true', 'false', 'nil', 'null', 'empty', 'blank', 'and', 'or', 'contains', 'in']);

/** An id that nobody has. While the connection is lost others may take the plain ones, so it is one of chance. */
export function freshId(used: Set<string>, wish: string, alone: boolean): string {
  const plain = wish.toLowerCase().replace(/[^a-z0-9_]/g, '_').replace(/^[^a-z]+/, '').replace(/_?\d+$/, '').slice(0, 50) || 'step';
  const start = alone ? plain : `${plain}_${Math.random().toString(36).slice(2, 8)}`;
  for (let number = 1; ; number++) {
    const id = number === 1 ? start : `${start}_${number}`;
    if (!used.has(id) && !taken.has(id)) return id;
  }
}

export const idsOf = (graph: Graph): Set<string> => new Set([...graph.nodes.map(x => x.id), ...(graph.notes ?? []).map(x => x.id)]);

/** A new node; the second of a kind gets a number behind its name so that they can be told apart. */
export function newNode(graph: Graph, kinds: Kinds, kind: string, position: Point, parent: string | undefined, alone: boolean): GraphNode {
  const id = freshId(idsOf(graph), kind, alone);
  const same = graph.nodes.filter(x => x.kind === kind).length;
  const described = kinds.of(kind);
  return {
    id, kind, position: { x: snap(position.x), y: snap(position.y) },
    ...(same > 0 ? { name: `${described.title} ${same + 1}` } : {}),
    ...(parent ? { parent } : {}),
    ...(described.container ? { size: { width: 400, height: 200 } } : {}),
  };
}

/** A container gives what the first step in it gives, until somebody says otherwise. */
export function givenBy(graph: Graph, node: GraphNode): Operation[] {
  const holder = graph.nodes.find(x => x.id === node.parent);
  if (!holder || (holder.settings?.result ?? '') !== '' || graph.nodes.some(x => x.parent === holder.id)) return [];
  return [{ op: 'set', id: holder.id, path: 'settings/result', value: node.kind === 'classify' ? `${node.id}.route` : node.id }];
}

/** Why two nodes cannot be connected, in a sentence; null where they can. */
export function refusal(graph: Graph, kinds: Kinds, edge: GraphEdge): string | null {
  const from = graph.nodes.find(x => x.id === edge.from);
  const to = graph.nodes.find(x => x.id === edge.to);
  if (!from || !to) return 'That node is not there any more.';
  const called = (x: GraphNode): string => `“${nameOf(x, kinds.of(x.kind))}”`;
  if (from === to) return 'A node cannot follow itself.';
  if (!kinds.of(to.kind).takesIn) return `${called(to)} is where runs start; nothing leads into it.`;
  if (from.parent !== to.parent) return 'Connections do not go through a container’s wall. Connect nodes of the same container, or the container itself.';
  if (graph.edges.some(x => edgeKey(x) === edgeKey(edge))) return `${called(from)} and ${called(to)} are connected already.`;
  if (reaches(graph, to.id, from.id)) return `${called(from)} comes after ${called(to)}; connected like this they would run in a circle.`;
  return null;
}

function reaches(graph: Graph, from: string, to: string): boolean {
  const seen = new Set([from]);
  for (const at of seen) {
    if (at === to) return true;
    for (const edge of graph.edges) if (edge.from === at) seen.add(edge.to);
  }
  return false;
}

/** Removes what is chosen; where a node had one way in and one way out, its neighbours are connected. */
export function removal(graph: Graph, nodes: string[], edges: GraphEdge[], notes: string[]): Operation[] {
  const gone = withInside(graph, nodes);
  const cut = new Set(edges.map(edgeKey));
  let left = graph.edges.filter(x => !cut.has(edgeKey(x)));
  const before = new Set(left.map(edgeKey));
  for (const id of nodes) {
    const into = left.filter(x => x.to === id);
    const out = left.filter(x => x.from === id);
    left = left.filter(x => x.to !== id && x.from !== id);
    const [first, second] = [into[0], out[0]];
    if (into.length !== 1 || out.length !== 1 || !first || !second || first.from === second.to) continue;
    const joined: GraphEdge = { from: first.from, ...(first.fromPort ? { fromPort: first.fromPort } : {}), to: second.to, ...(second.toPort ? { toPort: second.toPort } : {}) };
    if (!left.some(x => edgeKey(x) === edgeKey(joined))) left.push(joined);
  }
  const joins = left.filter(x => !before.has(edgeKey(x)) && !gone.has(x.from) && !gone.has(x.to));
  return [{ op: 'remove', nodes, edges, notes }, ...joins.map(edge => ({ op: 'addEdge' as const, edge }))];
}

/** Puts a node between the two ends of an edge. */
export function insertion(kinds: Kinds, node: GraphNode, edge: GraphEdge): Operation[] {
  const kind = kinds.of(node.kind);
  const port = portsOf(node, kind)[0];
  if (!kind.takesIn || !port) return [];
  const out: GraphEdge = { from: node.id, ...(port.name === 'out' ? {} : { fromPort: port.name }), to: edge.to, ...(edge.toPort ? { toPort: edge.toPort } : {}) };
  return [
    { op: 'remove', nodes: [], edges: [edge], notes: [] },
    { op: 'addEdge', edge: { from: edge.from, ...(edge.fromPort ? { fromPort: edge.fromPort } : {}), to: node.id } },
    { op: 'addEdge', edge: out },
  ];
}

/** Makes room before a node: it and what follows it move to the right, as far as is needed. */
export function room(graph: Graph, id: string, left: number): Operation[] {
  const first = graph.nodes.find(x => x.id === id);
  const by = snap(left - (first?.position?.x ?? 0));
  if (!first || by <= 0) return [];
  const after = graph.nodes.filter(x => x.parent === first.parent && (x.position?.x ?? 0) >= (first.position?.x ?? 0) && reaches(graph, id, x.id));
  return [{ op: 'place', items: after.map(x => ({ id: x.id, x: (x.position?.x ?? 0) + by, y: x.position?.y ?? 0 })) }];
}

/** Where a node stands on the whole canvas. */
export function absolute(graph: Graph, node: GraphNode): Point {
  const at = { x: node.position?.x ?? 0, y: node.position?.y ?? 0 };
  let parent = node.parent;
  for (let depth = 0; parent && depth < 10; depth++) {
    const holder = graph.nodes.find(x => x.id === parent);
    at.x += holder?.position?.x ?? 0;
    at.y += holder?.position?.y ?? 0;
    parent = holder?.parent;
  }
  return at;
}
