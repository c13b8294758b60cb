import { absolute, freshId, givenBy, idsOf, insertion, newNode, refusal, removal, room, snap } from './changes';
import { pasted, read, copied } from './clipboard';
import { edgeKey } from './document';
import { inLine, type Side } from './align';
import { arranged } from './layout';
import { nodeWidth } from './flow';
import { filledBy, nameOf, portsOf, type Kinds } from './kinds';
import { boxOf, centreOf, containerAt, edgeAt, freePlace, type Flow } from './places';
import type { Store } from './store';
import type { Graph, GraphEdge, Operation, Placed, Point } from './types';

export interface Chosen { nodes: string[]; notes: string[]; edges: GraphEdge[] }

/** What gestures and keys do to the document. Each call is at most one edit. */
export class Editing {
  constructor(private readonly store: Store, private readonly kinds: Kinds, private readonly flow: Flow, private readonly choose: (ids: string[]) => void) {}

  get chosen(): Chosen {
    const ids = this.flow.getNodes().filter(x => x.selected).map(x => x.id);
    return { nodes: ids.filter(x => !x.startsWith('note:')), notes: ids.filter(x => x.startsWith('note:')).map(x => x.slice(5)), edges: this.flow.getEdges().filter(x => x.selected).map(x => x.data!.edge) };
  }

  /** Adds a node with its centre at a point of the window, into the container or onto the edge there, or behind the port it was pulled from. */
  add(kind: string, client: Point, source?: GraphEdge): string | null {
    const { graph } = this.store;
    const at = this.flow.screenToFlowPosition(client);
    const edge = source ? undefined : edgeAt(this.flow, client);
    const beside = source ? graph.nodes.find(x => x.id === source.from) : edge ? graph.nodes.find(x => x.id === edge.from) : undefined;
    const isOuter = kind === 'input' || kind === 'output';
    const parent = beside ? beside.parent : isOuter ? undefined : containerAt(this.flow, graph, this.kinds, at, []);
    if (isOuter && graph.nodes.some(x => x.kind === kind)) {
      this.store.tell(`A pipeline has one ${kind} node, and this one has it already.`);
      return null;
    }
    const holder = graph.nodes.find(x => x.id === parent);
    const origin = holder ? absolute(graph, holder) : { x: 0, y: 0 };
    const corner = source ? { x: at.x, y: at.y - 26 } : { x: at.x - 116, y: at.y - 30 };
    if (edge && beside) corner.x = Math.max(corner.x, boxOf(this.flow, beside.id).x + boxOf(this.flow, beside.id).width + 64);
    const free = holder || edge ? corner : freePlace(this.flow, corner, this.kinds.of(kind).container ? { width: 400, height: 200 } : { width: nodeWidth, height: 72 });
    const node = newNode(graph, this.kinds, kind, { x: free.x - origin.x, y: free.y - origin.y }, parent, !this.store.lost);
    const links: Operation[] = source ? [{ op: 'addEdge', edge: { ...source, to: node.id } }] : edge ? insertion(this.kinds, node, edge) : [];
    const moved = edge && links.length > 0 ? room(graph, edge.to, node.position!.x + (node.size?.width ?? nodeWidth) + 64) : [];
    const filled = beside && links.length > 0 ? filledBy(beside, { ...(source ?? edge!), to: node.id }, node) : null;
    this.store.edit([{ op: 'addNode', node }, ...links, ...moved, ...givenBy(graph, node), ...(filled ? [{ op: 'set' as const, id: node.id, ...filled }] : [])]);
    this.choose([node.id]);
    this.store.say(`${this.#called(node.id)} added${links.length > 0 ? ' and connected' : ''}.`);
    return node.id;
  }

  addNote(client: Point): string {
    const at = this.flow.screenToFlowPosition(client);
    const id = freshId(idsOf(this.store.graph), 'note', !this.store.lost);
    this.store.edit([{ op: 'addNote', note: { id, text: '', position: { x: snap(at.x), y: snap(at.y) }, size: { width: 200, height: 88 } } }]);
    this.choose([`note:${id}`]);
    return id;
  }

  connect(edge: GraphEdge): void {
    const why = refusal(this.store.graph, this.kinds, edge);
    if (why) return this.store.tell(why);
    const [from, to] = [this.store.graph.nodes.find(x => x.id === edge.from)!, this.store.graph.nodes.find(x => x.id === edge.to)!];
    const filled = filledBy(from, edge, to);
    this.store.edit([{ op: 'addEdge', edge }, ...(filled ? [{ op: 'set' as const, id: to.id, ...filled }] : [])]);
    this.store.say(`${this.#called(edge.from)} is connected to ${this.#called(edge.to)}.`);
    if (filled && to.kind === 'forEach') this.store.tell(`${this.#called(to.id)} takes the entries of ${String(filled.value)}.`);
    else if (filled) this.store.tell(to.kind === 'output' ? `The result of the pipeline is what ${this.#called(from.id)} gave.` : `${this.#called(to.id)} shows what ${this.#called(from.id)} gave.`);
    else this.#offer(edge);
  }

  /** An end of a connection was put somewhere else. */
  reconnect(old: GraphEdge, edge: GraphEdge): void {
    if (edgeKey(old) === edgeKey(edge)) return;
    const why = this.why(edge, old);
    if (why) this.store.tell(why);
    else this.store.edit([{ op: 'remove', nodes: [], edges: [old], notes: [] }, { op: 'addEdge', edge }]);
  }

  /** @param without A connection that would go away. */
  why(edge: GraphEdge, without?: GraphEdge): string | null {
    const { graph } = this.store;
    return refusal(without ? { ...graph, edges: graph.edges.filter(x => edgeKey(x) !== edgeKey(without)) } : graph, this.kinds, edge);
  }

  /** A step that says nothing yet may say what the one before it gave. */
  #offer(edge: GraphEdge): void {
    const [from, to] = [this.store.graph.nodes.find(x => x.id === edge.from), this.store.graph.nodes.find(x => x.id === edge.to)];
    const reads = to && this.kinds.of(to.kind).reads;
    const isEmpty = (graph: Graph): boolean => reads !== undefined && String(graph.nodes.find(x => x.id === edge.to)?.settings?.[reads] ?? '').trim() === '' && graph.nodes.some(x => x.id === edge.to);
    if (!from || !to || !isEmpty(this.store.graph)) return;
    const fields = from.settings?.fields;
    const field = from.kind === 'input' && Array.isArray(fields) && typeof fields[0] === 'object' && fields[0] !== null && !Array.isArray(fields[0]) ? fields[0].name : undefined;
    if (from.kind === 'input' && typeof field !== 'string') return;
    const text = `{{ ${from.id}${typeof field === 'string' ? `.${field}` : ''} }}`;
    this.store.tell(`${this.#called(to.id)} says nothing yet.`, `Insert ${text}`, () => this.store.edit([{ op: 'set', id: to.id, path: `settings/${reads}`, value: text }]), isEmpty);
  }

  #called(id: string): string {
    const node = this.store.graph.nodes.find(x => x.id === id);
    return node ? nameOf(node, this.kinds.of(node.kind)) : id;
  }

  /** Connections that can still be made from a node, in reading order. */
  targets(from: string): { edge: GraphEdge; port: string }[] {
    const node = this.store.graph.nodes.find(x => x.id === from);
    if (!node) return [];
    return portsOf(node, this.kinds.of(node.kind)).flatMap(port => this.store.graph.nodes
      .map(x => ({ edge: { from, ...(port.name === 'out' ? {} : { fromPort: port.name }), to: x.id }, port: port.title })).filter(x => this.why(x.edge) === null));
  }

  remove(): void {
    const { nodes, notes, edges } = this.chosen;
    if (nodes.length + notes.length + edges.length === 0) return;
    this.store.edit(removal(this.store.graph, nodes, edges, notes));
    this.store.say(nodes.length + notes.length + edges.length === 1 ? 'Removed.' : `${nodes.length + notes.length + edges.length} removed.`);
  }

  /** Nodes were put down: where they stand, in which container, and whether on an edge. */
  dropped(ids: string[]): void {
    const { graph } = this.store;
    const moved = new Set(ids);
    const items: Placed[] = [];
    const more: Operation[] = [];
    for (const id of ids) {
      const shown = this.flow.getNode(id);
      const node = graph.nodes.find(x => x.id === id);
      if (!shown) continue;
      if (!node) {
        items.push({ id: id.slice(5), ...shown.position });
        continue;
      }
      if (node.parent && moved.has(node.parent)) continue;
      const touches = graph.edges.filter(x => x.from === id || x.to === id);
      const edge = touches.length === 0 && ids.length === 1 ? edgeAt(this.flow, this.flow.flowToScreenPosition(centreOf(this.flow, id))) : undefined;
      const isOuter = node.kind === 'input' || node.kind === 'output';
      const parent = edge ? graph.nodes.find(x => x.id === edge.from)?.parent : isOuter ? undefined : containerAt(this.flow, graph, this.kinds, centreOf(this.flow, id), ids);
      const box = boxOf(this.flow, id);
      const origin = parent ? boxOf(this.flow, parent) : { x: 0, y: 0 };
      items.push({ id, x: Math.round(box.x - origin.x), y: Math.round(box.y - origin.y), ...(parent === node.parent ? {} : { parent: parent ?? '' }) });
      if (edge && edge.from !== id && edge.to !== id) more.push(...insertion(this.kinds, node, edge));
      if (parent !== node.parent) more.push(...this.#torn(touches, moved));
    }
    if (items.length > 0) this.store.edit([{ op: 'place', items }, ...more]);
  }

  /** Connections that would go through a container's wall are taken away. */
  #torn(touches: GraphEdge[], moved: Set<string>): Operation[] {
    const torn = touches.filter(x => !moved.has(x.from) || !moved.has(x.to));
    if (torn.length > 0) this.store.tell(`${torn.length === 1 ? 'One connection' : `${torn.length} connections`} would have gone through the container’s wall and ${torn.length === 1 ? 'was' : 'were'} removed.`);
    return torn.length > 0 ? [{ op: 'remove', nodes: [], edges: torn, notes: [] }] : [];
  }

  copy(): string | null {
    const { nodes, notes } = this.chosen;
    return nodes.length + notes.length > 0 ? copied(this.store.graph, nodes, notes) : null;
  }

  paste(text: string, client: Point | null): boolean {
    const copy = read(text);
    if (!copy) return false;
    const { graph } = this.store;
    const at = client ? this.flow.screenToFlowPosition(client) : null;
    const parent = at ? containerAt(this.flow, graph, this.kinds, at, []) : undefined;
    const holder = graph.nodes.find(x => x.id === parent);
    const origin = holder ? absolute(graph, holder) : { x: 0, y: 0 };
    const result = pasted(graph, copy, at ? { x: at.x - origin.x, y: at.y - origin.y } : null, parent, !this.store.lost);
    this.store.edit(result.operations);
    this.choose(result.ids);
    if (result.leftOut > 0) this.store.tell('Input and output were left out: a pipeline has one of each.');
    return true;
  }

  arrange(): void {
    const items = arranged(this.store.graph, this.kinds, id => boxOf(this.flow, id));
    if (items.length === 0) return;
    this.store.edit([{ op: 'place', items }]);
    requestAnimationFrame(() => requestAnimationFrame(() => void this.flow.fitView({ padding: 0.15, maxZoom: 1 })));
  }

  align(side: Side): void {
    const items = inLine(this.flow, this.store.graph, this.chosen.nodes, side);
    if (items.length > 0) this.store.edit([{ op: 'place', items }]);
  }

  fold(id: string): void {
    if (this.kinds.of(this.store.graph.nodes.find(x => x.id === id)?.kind ?? '').container) this.store.fold(id);
  }

  /** Unfolds whatever a node lies in, so that it can be seen. */
  reveal(id: string): void {
    for (let node = this.store.graph.nodes.find(x => x.id === id); node?.parent; node = this.store.graph.nodes.find(x => x.id === node?.parent))
      if (this.store.shown.folded.has(node.parent)) this.store.fold(node.parent);
  }

  /** Nodes that are drawn as people read them: from left to right, then from top to bottom, what is in a container after it. */
  inOrder(): string[] {
    const { graph, shown } = this.store;
    const within = (parent: string | undefined): string[] => graph.nodes.filter(x => x.parent === parent)
      .sort((a, b) => (a.position?.x ?? 0) - (b.position?.x ?? 0) || (a.position?.y ?? 0) - (b.position?.y ?? 0)).flatMap(x => [x.id, ...(shown.folded.has(x.id) ? [] : within(x.id))]);
    return within(undefined);
  }

  chooseAll(): void { this.choose(this.flow.getNodes().filter(x => !x.hidden).map(x => x.id)); }
}
