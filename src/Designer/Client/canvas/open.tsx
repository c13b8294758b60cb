import { edgeKey } from './document';
import type { Editing } from './editing';
import { nameOf, type Kinds } from './kinds';
import { kindChoices, noteChoice, Picker, type Choice } from './picker';
import type { Graph, GraphEdge, Point } from './types';

/** The list that is open: what to add, or what to connect a node to. */
export type Opened = { what: 'add'; at: Point; client: Point; source?: GraphEdge } | { what: 'connect'; at: Point; node: string };

export function Open({ opened, kinds, graph, editing, onAdd, onClose }: { opened: Opened; kinds: Kinds; graph: Graph; editing: Editing; onAdd: (kind: string, client: Point, source?: GraphEdge) => void; onClose: () => void }) {
  if (opened.what === 'add') {
    const fitting = kinds.all.filter(x => (opened.source ? x.takesIn : true) && !((x.kind === 'input' || x.kind === 'output') && graph.nodes.some(y => y.kind === x.kind) && !opened.source));
    const choices = [...kindChoices(fitting.filter(x => !(opened.source && x.kind === 'output' && graph.nodes.some(y => y.kind === 'output')))), ...(opened.source ? [] : [noteChoice])];
    return <Picker at={opened.at} label={opened.source ? 'What comes next?' : 'Add a step'} choices={choices} onClose={onClose} onChoose={kind => { onClose(); onAdd(kind, opened.client, opened.source); }} />;
  }
  const targets = editing.targets(opened.node);
  const choices = targets.map(({ edge, port }): Choice => {
    const node = graph.nodes.find(x => x.id === edge.to)!;
    const kind = kinds.of(node.kind);
    return { key: edgeKey(edge), title: nameOf(node, kind), text: edge.fromPort ? `by the port ${port}` : kind.title, icon: kind.icon, tone: kind.tone, words: `${nameOf(node, kind)} ${node.id} ${kind.title} ${port}` };
  });
  return <Picker at={opened.at} label="Connect to" choices={choices} onClose={onClose} onChoose={key => { onClose(); const target = targets.find(x => edgeKey(x.edge) === key); if (target) editing.connect(target.edge); }} />;
}
