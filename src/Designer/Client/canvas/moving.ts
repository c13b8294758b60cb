import { applyNodeChanges, type NodeChange } from '@xyflow/react';
import { useCallback, useRef, useState, type Dispatch, type RefObject, type SetStateAction } from 'react';
import { guided } from './align';
import { snap } from './changes';
import type { Editing } from './editing';
import type { CanvasNode } from './flow';
import { seenAt, type GuidesAt } from './guides';
import { boxOf, type Flow } from './places';
import type { Store } from './store';
import type { Point } from './types';

const rest = 300;

/** Nodes that are dragged, or moved by arrow keys: shown at once, one edit when the hand rests. */
export function useMoving(store: Store, flow: Flow, editing: Editing, setNodes: Dispatch<SetStateAction<CanvasNode[]>>, view: RefObject<HTMLDivElement | null>) {
  const dragging = useRef(false);
  const steps = useRef(new Map<string, Point>());
  const timer = useRef(0);
  const [guides, setGuides] = useState<GuidesAt | null>(null);

  const onNodesChange = useCallback((changes: NodeChange<CanvasNode>[]) => {
    const moved = changes.filter(x => x.type === 'position' && x.position);
    if (dragging.current && moved.length === 1 && moved[0]?.type === 'position' && moved[0].position) { // in line with a neighbour where one is near
      const { at, lines } = guided(flow, moved[0].id, moved[0].position);
      moved[0].position = at;
      const parent = flow.getNode(moved[0].id)?.parentId;
      setGuides(seenAt(lines, parent ? boxOf(flow, parent) : { x: 0, y: 0 }, x => flow.flowToScreenPosition(x), view.current!));
    }
    const sized = new Set(changes.flatMap(x => (x.type === 'dimensions' ? [x.id] : [])));
    setNodes(before => {
      const now = applyNodeChanges(changes, before);
      return sized.size === 0 ? now : now.map(x => (sized.has(x.id) && x.handles ? { ...x, handles: undefined } : x)); // measured now, which counts more than what was expected
    });
    if (dragging.current) return;
    for (const x of changes) if (x.type === 'position' && x.position && !x.dragging) steps.current.set(x.id, x.position);
    if (steps.current.size === 0) return;
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      store.edit([{ op: 'place', items: [...steps.current].map(([id, at]) => ({ id: id.replace(/^note:/, ''), x: snap(at.x), y: snap(at.y) })) }]);
      steps.current.clear();
    }, rest);
  }, [store, flow, setNodes, view]);
  const lift = useCallback(() => { dragging.current = true; }, []);
  const dropped = useCallback((_: unknown, one: CanvasNode | CanvasNode[], several?: CanvasNode[]): void => {
    dragging.current = false;
    setGuides(null);
    editing.dropped((several ?? (Array.isArray(one) ? one : [one])).map(x => x.id));
  }, [editing]);
  return { dragging, guides, onNodesChange, lift, dropped };
}
