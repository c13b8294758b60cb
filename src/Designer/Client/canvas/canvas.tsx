import { applyEdgeChanges, Background, ConnectionLineType, MiniMap, ReactFlow, SelectionMode, useReactFlow, type Connection, type EdgeChange, type FinalConnectionState, type Viewport } from '@xyflow/react';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore, type DragEvent, type MouseEvent as Click } from 'react';
import { ActionsContext, LightContext, type Actions } from './actions';
import { Bar } from './bar';
import { grid, snap } from './changes';
import { WireEdge } from './edge';
import { Editing } from './editing';
import { toEdges, toNodes, type CanvasNode, type StepData, type Wire } from './flow';
import { Guides } from './guides';
import { useKeys, type KeyTargets } from './keys';
import type { Kinds } from './kinds';
import { useMoving } from './moving';
import { Note } from './note';
import { Step } from './node';
import { Open, type Opened } from './open';
import { kindType, Palette } from './palette';
import { centreOf, firstLook, isInView, type Flow } from './places';
import { dark, lightOf } from './reads';
import type { Store } from './store';
import { Toolbar } from './toolbar';
import type { GraphEdge, Point } from './types';

// React Flow looks at everything again when one of its settings is another object, so they are made once
const nodeTypes = { step: Step, note: Note };
const edgeTypes = { wire: WireEdge };
const snapGrid: [number, number] = [grid, grid];
const severalKeys = ['Control', 'Meta'];
const labels = { 'node.a11yDescription.default': 'Enter selects the node and, pressed again, goes to its settings; Escape comes back. Arrow keys move it, Delete removes it, C connects it to another, F folds a container.', 'edge.a11yDescription.default': 'Enter selects the connection, Delete removes it.' };

export interface CanvasProps { store: Store; kinds: Kinds; readOnly: boolean; host: HTMLElement; onSelect: (ids: string[]) => void; onCommand: (name: string) => void; expose: (handle: { show: (id: string) => void; flow: Flow; editing: Editing; openPalette: () => void }) => void }

/** In the overview a node has its kind's colour, in a run its state's. */
const colourOf = (data: StepData): string => (data.state && data.state.status !== 'Pending' ? (data.state.tone === 'skipped' ? 'border-strong' : data.state.tone) : data.kind.tone);

const fillOf = (x: CanvasNode): string => (x.type === 'step' ? (x.data.kind.container ? 'transparent' : `var(--${colourOf(x.data)})`) : 'var(--wait-weak)');
const strokeOf = (x: CanvasNode): string => (x.type === 'step' && x.data.kind.container ? 'var(--border-strong)' : 'transparent');

const edgeOf = (from: string, port: string | null | undefined, to: string): GraphEdge => ({ from, ...(port && port !== 'out' ? { fromPort: port } : {}), to });

export function Canvas({ store, kinds, readOnly, host, onSelect, onCommand, expose }: CanvasProps) {
  const shown = useSyncExternalStore(store.subscribe, store.snapshot);
  const flow = useReactFlow<CanvasNode, Wire>();
  const [nodes, setNodes] = useState<CanvasNode[]>(() => toNodes(shown, kinds, [], readOnly));
  const [edges, setEdges] = useState<Wire[]>(() => toEdges(shown, []));
  const [opened, setOpened] = useState<Opened | null>(null);
  const [look, setLook] = useState<Viewport | null>(null);
  const wanted = useRef<string[] | null>(null);
  const pointer = useRef<Point | null>(null);
  const writing = useRef<string | null>(null);
  const held = useRef<GraphEdge>(undefined);
  const middle = useRef<HTMLDivElement>(null);
  const pressed = useRef(false);

  const choose = useCallback((ids: string[]) => {
    wanted.current = ids;
    setNodes(before => before.map(x => (x.selected === ids.includes(x.id) ? x : { ...x, selected: ids.includes(x.id) })));
    setEdges(before => before.map(x => (x.selected ? { ...x, selected: false } : x)));
  }, []);
  const editing = useMemo(() => new Editing(store, kinds, flow, choose), [store, kinds, flow, choose]);
  const { dragging, guides, onNodesChange, lift, dropped } = useMoving(store, flow, editing, setNodes, middle);

  useLayoutEffect(() => setLook(firstLook(nodes, middle.current!, readOnly)), []); // once: before anything is drawn
  const last = useRef(shown);
  useLayoutEffect(() => {
    if (last.current === shown) return;
    last.current = shown;
    setNodes(before => {
      const now = toNodes(shown, kinds, before, readOnly);
      const ids = wanted.current;
      if (!ids?.some(id => !before.some(x => x.id === id) && now.some(x => x.id === id))) return now;
      return now.map(x => ({ ...x, selected: ids.includes(x.id) }));
    });
    setEdges(before => toEdges(shown, before));
  }, [shown, kinds, readOnly]);

  useEffect(() => { // a node that was just added takes the focus, so that the next key means it
    const id = wanted.current?.length === 1 ? wanted.current[0]! : null;
    if (!id || opened) return;
    const element = host.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`);
    if (!element) return;
    wanted.current = null;
    if (!element.querySelector('textarea')) element.focus({ preventScroll: true });
  }, [nodes, opened, host]);

  useEffect(() => { // what was in the middle stays there when something opens below
    const view = middle.current!;
    let last = view.clientHeight;
    const watch = new ResizeObserver(() => {
      const by = Math.round((view.clientHeight - last) / 2);
      last = view.clientHeight;
      const at = flow.getViewport();
      if (by !== 0) void flow.setViewport({ ...at, y: at.y + by });
    });
    watch.observe(view);
    return () => watch.disconnect();
  }, [flow]);

  const chosen = nodes.filter(x => x.selected && x.type === 'step').map(x => x.id).join('\n');
  const light = useMemo(() => (chosen === '' || chosen.includes('\n') ? dark : lightOf(shown.graph, chosen)), [chosen, shown.graph]);
  useEffect(() => {
    let timer = 0;
    const tell = (): void => {
      if (dragging.current || pressed.current) timer = window.setTimeout(tell, 30); // a form that opens under a drag makes it stutter, and a press may become one
      else onSelect(chosen === '' ? [] : chosen.split('\n'));
    };
    timer = window.setTimeout(tell, 40);
    return () => clearTimeout(timer);
  }, [chosen, onSelect]);

  useEffect(() => {
    const release = (): void => { pressed.current = false; };
    for (const event of ['pointerup', 'pointercancel', 'blur']) window.addEventListener(event, release);
    return () => { for (const event of ['pointerup', 'pointercancel', 'blur']) window.removeEventListener(event, release); };
  }, []);

  const onEdgesChange = useCallback((changes: EdgeChange<Wire>[]) => setEdges(before => applyEdgeChanges(changes, before)), []);

  const show = useCallback((id: string) => { // chosen, in view and, where it can be edited, focused
    editing.reveal(id);
    choose([id]);
    const until = performance.now() + 2_000; // it is drawn once it is in view, on a busy machine some frames later
    const focus = (): void => {
      if (readOnly) return;
      const element = host.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`);
      element?.focus({ preventScroll: true });
      if ((!element || document.activeElement !== element) && performance.now() < until) requestAnimationFrame(focus);
    };
    if (isInView(flow, id, middle.current!)) return focus();
    const at = centreOf(flow, id);
    void flow.setCenter(at.x, at.y, { zoom: Math.max(0.6, flow.getZoom()), duration: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 160 }).then(focus);
  }, [editing, choose, flow, host, readOnly]);
  const step = useCallback((by: 1 | -1) => {
    const order = editing.inOrder();
    const at = order.findIndex(id => flow.getNode(id)?.selected);
    const to = order[at < 0 ? (by === 1 ? 0 : order.length - 1) : (at + by + order.length) % order.length];
    if (to) show(to);
  }, [editing, flow, show]);
  const inside = useCallback((client: Point): Point => {
    const box = host.getBoundingClientRect();
    return { x: Math.max(8, Math.min(client.x - box.left, box.width - 312)), y: Math.max(8, Math.min(client.y - box.top, box.height - 340)) };
  }, [host]);
  const centre = useCallback((): Point => {
    const box = middle.current!.getBoundingClientRect();
    return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
  }, []);
  const beside = useCallback((): Point => { // right of what is chosen, else in the middle
    const last = flow.getNodes().filter(x => x.selected && x.type === 'step').at(-1);
    const node = last && flow.getInternalNode(last.id);
    if (!node) return centre();
    return flow.flowToScreenPosition({ x: node.internals.positionAbsolute.x + (node.measured.width ?? 232) + 64 + 116, y: node.internals.positionAbsolute.y + 30 });
  }, [flow, centre]);
  const openPalette = useCallback(() => {
    const at = pointer.current ?? centre();
    setOpened({ what: 'add', at: inside({ x: at.x - 20, y: at.y - 20 }), client: pointer.current ?? beside() });
  }, [inside, centre, beside]);
  const add = useCallback((kind: string, client: Point, source?: GraphEdge) => {
    if (kind === 'note') writing.current = `note:${editing.addNote(client)}`;
    else {
      const id = editing.add(kind, client, source);
      if (id) requestAnimationFrame(() => requestAnimationFrame(() => show(id))); // it may lie outside of what is seen
    }
  }, [editing, show]);

  useEffect(() => expose({ show, flow, editing, openPalette }), [expose, show, flow, editing, openPalette]);
  useKeys(useMemo<KeyTargets>(() => ({
    host, editing, readOnly, openPalette, command: onCommand, pointer: () => pointer.current,
    openConnect: node => setOpened({ what: 'connect', at: inside(flow.flowToScreenPosition({ x: (flow.getInternalNode(node)?.internals.positionAbsolute.x ?? 0) + 248, y: flow.getInternalNode(node)?.internals.positionAbsolute.y ?? 0 })), node }),
    clear: () => choose([]), step,
    look: only => void flow.fitView({ padding: 0.15, maxZoom: 1, ...(only ? { nodes: flow.getNodes().filter(x => x.selected) } : {}) }),
  }), [host, editing, readOnly, openPalette, onCommand, inside, flow, choose, step]));

  const onConnectEnd = useCallback((event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
    if (state.isValid || held.current || !state.fromNode || state.fromHandle?.type !== 'source') return;
    const to = state.toNode?.id;
    if (to) return void store.tell(editing.why(edgeOf(state.fromNode.id, state.fromHandle.id, to)) ?? 'A connection ends at the left side of a node.');
    const client = 'changedTouches' in event ? { x: event.changedTouches[0]!.clientX, y: event.changedTouches[0]!.clientY } : { x: event.clientX, y: event.clientY };
    setOpened({ what: 'add', at: inside(client), client, source: edgeOf(state.fromNode.id, state.fromHandle.id, '') });
  }, [editing, inside, store]);
  const connect = useCallback((x: Connection) => editing.connect(edgeOf(x.source, x.sourceHandle, x.target)), [editing]);
  const mayConnect = useCallback((x: Connection | Wire) => editing.why(edgeOf(x.source, x.sourceHandle, x.target), held.current) === null, [editing]);
  const hold = useCallback((_: unknown, edge: Wire) => { held.current = edge.data?.edge; }, []);
  const letGo = useCallback(() => { held.current = undefined; }, []);
  const reconnect = useCallback((edge: Wire, x: Connection) => { if (edge.data) editing.reconnect(edge.data.edge, edgeOf(x.source, x.sourceHandle, x.target)); }, [editing]);
  // while the view moves it is a picture of its own, which is moved and not painted; afterwards it is painted sharply
  const moves = useCallback(() => middle.current?.classList.add('moving'), []);
  const rests = useCallback(() => middle.current?.classList.remove('moving'), []);
  const arrange = useCallback(() => editing.arrange(), [editing]);
  const addBeside = useCallback((kind: string) => add(kind, beside()), [add, beside]);
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    const kind = event.dataTransfer.getData(kindType);
    if (kind) add(kind, { x: event.clientX, y: event.clientY });
  };
  const onDoubleClick = (event: Click): void => {
    if (readOnly || !(event.target as Element).classList.contains('react-flow__pane')) return;
    const client = { x: event.clientX, y: event.clientY };
    setOpened({ what: 'add', at: inside(client), client });
  };
  const actions = useMemo<Actions>(() => ({
    writing,
    resized: (id, to) => store.edit([{ op: 'place', items: [{ id: id.replace(/^note:/, ''), x: snap(to.x), y: snap(to.y), width: snap(to.width), height: snap(to.height) }] }]),
    fold: id => store.fold(id),
    written: (id, text) => store.edit([{ op: 'set', id: id.slice(5), path: 'text', value: text }]),
  }), [store]);

  return (
    <ActionsContext value={actions}><LightContext value={light}>
      {!readOnly && <Palette kinds={kinds.all} onAdd={addBeside} />}
      <div className="cv-middle" ref={middle} onDrop={onDrop} onDragOver={event => event.preventDefault()} onDoubleClick={onDoubleClick} onPointerDownCapture={() => { pressed.current = true; }} onPointerMove={event => { pointer.current = { x: event.clientX, y: event.clientY }; }} onPointerLeave={() => { pointer.current = null; }}>
        {look && <ReactFlow<CanvasNode, Wire>
          nodes={nodes} edges={edges} nodeTypes={nodeTypes} edgeTypes={edgeTypes} onNodesChange={onNodesChange} onEdgesChange={onEdgesChange} onMoveStart={moves} onMoveEnd={rests}
          onNodeDragStart={lift} onSelectionDragStart={lift} onNodeDragStop={dropped} onSelectionDragStop={dropped}
          onConnect={connect} onConnectEnd={onConnectEnd} onReconnectStart={hold} onReconnectEnd={letGo} isValidConnection={mayConnect}
          edgesReconnectable={!readOnly} onReconnect={reconnect} reconnectRadius={14}
          connectionLineType={ConnectionLineType.SmoothStep} connectionRadius={28} snapToGrid snapGrid={snapGrid} selectionKeyCode="Shift" multiSelectionKeyCode={severalKeys} selectionMode={SelectionMode.Partial}
          deleteKeyCode={null} zoomOnDoubleClick={false} minZoom={0.1} maxZoom={2} defaultViewport={look} onlyRenderVisibleElements nodesDraggable={!readOnly} nodesConnectable={!readOnly} elevateNodesOnSelect={false} attributionPosition="bottom-right"
          ariaLabelConfig={labels}
        >
          <Background gap={16} size={1.5} color="var(--dot)" />
          <MiniMap<CanvasNode> pannable zoomable ariaLabel="Overview" nodeBorderRadius={8} nodeColor={fillOf} nodeStrokeColor={strokeOf} />
          {!readOnly && chosen.includes('\n') && <Toolbar count={chosen.split('\n').length} onAlign={side => editing.align(side)} onZoom={() => void flow.fitView({ padding: 0.15, maxZoom: 1, nodes: flow.getNodes().filter(x => x.selected) })} />}
          <Bar onArrange={readOnly ? null : arrange} />
        </ReactFlow>}
        {guides && <Guides at={guides} />}
        {shown.graph.nodes.length < 3 && !readOnly && !opened && <p className="cv-start">Drag a step in from the left, or press <kbd>/</kbd></p>}
        <div className="cv-message" role="status">{shown.message && <span>{shown.message.text}{shown.message.act && <button type="button" onClick={shown.message.act}>{shown.message.title}</button>}</span>}</div>
        <div className="hidden-visually" role="status">{shown.said}</div>
      </div>
      {opened && <Open opened={opened} kinds={kinds} graph={shown.graph} editing={editing} onAdd={add} onClose={() => { setOpened(null); middle.current?.querySelector<HTMLElement>('.react-flow__node.selected')?.focus({ preventScroll: true }); }} />}
    </LightContext></ActionsContext>
  );
}
