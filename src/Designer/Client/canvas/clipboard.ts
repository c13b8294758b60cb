import { absolute, freshId, idsOf, snap } from './changes';
import { withInside } from './document';
import { withNames } from './reads';
import type { Graph, GraphEdge, GraphNode, GraphNote, Operation, Point, Settings } from './types';

/** The chosen part of a graph as a pipeline file, so that it can be pasted into another pipeline, an editor or a mail. */
export function copied(graph: Graph, nodes: string[], notes: string[]): string {
  const ids = withInside(graph, nodes);
  const chosen = graph.nodes.filter(x => ids.has(x.id)).map((node): GraphNode => {
    if (node.parent && ids.has(node.parent)) return node;
    const { parent: _, ...out } = node;
    return { ...out, position: absolute(graph, node) };
  });
  return JSON.stringify({ schemaVersion: 1, name: graph.name, nodes: chosen, edges: graph.edges.filter(x => ids.has(x.from) && ids.has(x.to)), notes: (graph.notes ?? []).filter(x => notes.includes(x.id)) }, null, 2);
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads what was pasted; null where it is no pipeline. */
export function read(text: string): Graph | null {
  if (!text.trimStart().startsWith('{')) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null; // some other text that begins with a brace
  }
  if (!isRecord(value) || !Array.isArray(value.nodes)) return null;
  const list = (x: unknown): Record<string, unknown>[] => (Array.isArray(x) ? x.filter(isRecord) : []);
  return {
    name: String(value.name ?? ''),
    nodes: list(value.nodes).filter(x => typeof x.id === 'string' && typeof x.kind === 'string') as unknown as GraphNode[],
    edges: list(value.edges).filter(x => typeof x.from === 'string' && typeof x.to === 'string') as unknown as GraphEdge[],
    notes: list(value.notes).filter(x => typeof x.id === 'string' && typeof x.text === 'string') as unknown as GraphNote[],
  };
}

/** The edit that puts a copy in; what there can be only one of is left out where it is there. Its nodes' ids come back for selecting them. */
export function pasted(graph: Graph, copy: Graph, to: Point | null, parent: string | undefined, alone: boolean): { operations: Operation[]; ids: string[]; leftOut: number } {
  const single = new Set(graph.nodes.filter(x => x.kind === 'input' || x.kind === 'output').map(x => x.kind));
  const nodes = copy.nodes.filter(x => !single.has(x.kind) && !(parent && (x.kind === 'input' || x.kind === 'output')));
  const known = new Set(nodes.map(x => x.id));
  const tops = nodes.filter(x => !x.parent || !known.has(x.parent));
  const places = [...tops, ...(copy.notes ?? [])].map(x => x.position ?? { x: 0, y: 0 });
  const corner = { x: Math.min(...places.map(x => x.x)), y: Math.min(...places.map(x => x.y)) };
  const by = to ? { x: to.x - corner.x, y: to.y - corner.y } : { x: 32, y: 32 };
  const used = idsOf(graph);
  const ids = new Map<string, string>();
  for (const item of [...nodes, ...(copy.notes ?? [])]) {
    const id = freshId(used, item.id, alone);
    used.add(id);
    ids.set(item.id, id);
  }
  const moved = (at: Point | undefined): Point => ({ x: snap((at?.x ?? 0) + by.x), y: snap((at?.y ?? 0) + by.y) });
  const operations: Operation[] = nodes.map(({ parent: holder, ...node }) => {
    const inside = holder && known.has(holder) ? ids.get(holder) : undefined;
    const lives = inside ?? parent;
    return { op: 'addNode', node: { ...node, id: ids.get(node.id)!, ...(lives ? { parent: lives } : {}), position: inside ? node.position ?? { x: 0, y: 0 } : moved(node.position), ...(node.settings ? { settings: withNames(node.settings, x => ids.get(x) ?? x) as Settings } : {}) } };
  });
  for (const { id: _, ...edge } of copy.edges) if (known.has(edge.from) && known.has(edge.to)) operations.push({ op: 'addEdge', edge: { ...edge, from: ids.get(edge.from)!, to: ids.get(edge.to)! } });
  for (const note of copy.notes ?? []) operations.push({ op: 'addNote', note: { ...note, id: ids.get(note.id)!, position: moved(note.position) } });
  return { operations, ids: [...tops.map(x => ids.get(x.id)!), ...(copy.notes ?? []).map(x => `note:${ids.get(x.id)!}`)], leftOut: copy.nodes.length - nodes.length };
}
