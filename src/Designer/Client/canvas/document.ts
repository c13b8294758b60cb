import type { Graph, GraphEdge, GraphNode, Json, Operation, Placed, Settings } from './types';

const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

/** One name for one connection, whatever the file calls it. */
export const edgeKey = (edge: GraphEdge): string => `${edge.from}:${edge.fromPort ?? 'out'}>${edge.to}:${edge.toPort ?? 'in'}`;

/** The node and everything that lives in it. */
export function withInside(graph: Graph, ids: Iterable<string>): Set<string> {
  const all = new Set(ids);
  for (let size = -1; size !== all.size;) {
    size = all.size;
    for (const node of graph.nodes) if (node.parent && all.has(node.parent)) all.add(node.id);
  }
  return all;
}

/** The graph after an edit. Every operation can be applied twice and means the same as on the server. */
export const apply = (graph: Graph, operations: Operation[]): Graph => operations.reduce(step, graph);

function step(graph: Graph, operation: Operation): Graph {
  switch (operation.op) {
    case 'addNode': return { ...graph, nodes: put(graph.nodes, operation.node) };
    case 'addNote': return { ...graph, notes: put(graph.notes ?? [], operation.note) };
    case 'addEdge': {
      const key = edgeKey(operation.edge);
      return graph.edges.some(x => edgeKey(x) === key) ? graph : { ...graph, edges: [...graph.edges, operation.edge] };
    }
    case 'remove': {
      const nodes = withInside(graph, operation.nodes);
      const edges = new Set(operation.edges.map(edgeKey));
      const notes = new Set(operation.notes);
      return {
        ...graph,
        nodes: graph.nodes.filter(x => !nodes.has(x.id)),
        edges: graph.edges.filter(x => !edges.has(edgeKey(x)) && !nodes.has(x.from) && !nodes.has(x.to)),
        notes: graph.notes?.filter(x => !notes.has(x.id)),
      };
    }
    case 'place': {
      const items = new Map(operation.items.map(x => [x.id, x]));
      const nodes = new Set(graph.nodes.map(x => x.id)); // where a note has a node's id, the node is meant
      return { ...graph, nodes: graph.nodes.map(x => placed(x, items.get(x.id))), notes: graph.notes?.map(x => (nodes.has(x.id) ? x : placed(x, items.get(x.id)))) };
    }
    case 'set': {
      const change = <T extends { id: string }>(x: T): T => (x.id === operation.id ? set(x, operation.path.split('/'), operation.value) : x);
      return graph.nodes.some(x => x.id === operation.id) ? { ...graph, nodes: graph.nodes.map(change) } : { ...graph, notes: graph.notes?.map(change) };
    }
  }
}

function put<T extends { id: string }>(list: T[], item: T): T[] {
  return list.some(x => x.id === item.id) ? list.map(x => (x.id === item.id ? item : x)) : [...list, item];
}

function placed<T extends { id: string; size?: { width: number; height: number } }>(item: T, to: Placed | undefined): T {
  if (!to) return item;
  const moved: T = { ...item, position: { x: to.x, y: to.y } };
  if (to.width !== undefined || to.height !== undefined) moved.size = { width: to.width ?? item.size?.width ?? 0, height: to.height ?? item.size?.height ?? 0 };
  if (to.parent === undefined) return moved;
  const { parent: _, ...out } = moved as T & Pick<GraphNode, 'parent'>;
  return (to.parent === '' ? out : { ...out, parent: to.parent }) as unknown as T;
}

function set<T extends object>(item: T, path: string[], value: Json | undefined): T {
  const [head, ...rest] = path.map(x => x.replaceAll('~1', '/').replaceAll('~0', '~')) as [string, ...string[]];
  if (forbidden.has(head)) return item;
  const copy = (Array.isArray(item) ? [...item] : { ...item }) as Settings;
  if (rest.length > 0) {
    const inner = copy[head];
    copy[head] = set(typeof inner === 'object' && inner !== null ? inner : {}, rest, value) as Json;
  } else if (value === undefined) delete copy[head];
  else copy[head] = value;
  return copy as T;
}
