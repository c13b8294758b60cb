import dagre from '@dagrejs/dagre';
import { snap } from './changes';
import { besideOf, portsOf, type Kinds } from './kinds';
import type { Graph, Placed, Size } from './types';

const margin = { left: 24, top: 56, bottom: 24 };

/** Arranges everything from left to right along the connections, containers from the inside out. */
export function arranged(graph: Graph, kinds: Kinds, sizeOf: (id: string) => Size): Placed[] {
  const known = new Set(graph.nodes.map(x => x.id));
  const sizes = new Map<string, Size>();
  const items: Placed[] = [];
  const arrange = (parent: string | undefined, depth: number, beside = 0): Size => {
    const nodes = graph.nodes.filter(x => (x.parent && known.has(x.parent) ? x.parent : undefined) === parent);
    const layout = new dagre.graphlib.Graph();
    layout.setGraph({ rankdir: 'LR', nodesep: 32, ranksep: 64 });
    layout.setDefaultEdgeLabel(() => ({}));
    for (const node of nodes) {
      const isContainer = kinds.of(node.kind).container && depth < 8;
      const size = isContainer ? arrange(node.id, depth + 1, besideOf(portsOf(node, kinds.of(node.kind)))) : sizeOf(node.id);
      if (isContainer) sizes.set(node.id, size);
      layout.setNode(node.id, { width: size.width, height: size.height });
    }
    for (const edge of graph.edges) if (layout.hasNode(edge.from) && layout.hasNode(edge.to)) layout.setEdge(edge.from, edge.to);
    dagre.layout(layout);
    const inside: Size = { width: 0, height: 0 };
    for (const node of nodes) {
      const at = layout.node(node.id) as { x: number; y: number; width: number; height: number };
      const [x, y] = [at.x - at.width / 2, at.y - at.height / 2];
      inside.width = Math.max(inside.width, x + at.width);
      inside.height = Math.max(inside.height, y + at.height);
      items.push({ id: node.id, x: snap(x + (parent ? margin.left : 0)), y: snap(y + (parent ? margin.top : 0)), ...sizes.get(node.id) });
    }
    return { width: Math.max(280, snap(inside.width + margin.left + beside)), height: Math.max(144, snap(inside.height + margin.top + margin.bottom)) };
  };
  arrange(undefined, 0);
  return items;
}
