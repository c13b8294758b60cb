import { ReactFlowProvider } from '@xyflow/react';
import { createRoot } from 'react-dom/client';
import '@xyflow/react/dist/base.css';
import './canvas.css';
import { Canvas, type CanvasProps } from './canvas';
import { apply } from './document';
import { nodeWidth } from './flow';
import { inking } from './ink';
import { Kinds } from './kinds';
import { arranged } from './layout';
import { resizable } from './panels';
import { Store } from './store';
import type { DotNet, Graph, Mark, Options, Problem, State } from './types';

type Exposed = Parameters<CanvasProps['expose']>[0];

/** Draws a canvas into an element; the answer is what `Canvas.razor.cs` calls. The element names its pipeline in `data-pipeline`. */
export function mount(host: HTMLElement, options: Options, dotnet: DotNet) {
  performance.mark('canvas:mount');
  const kinds = new Kinds(options.kinds);
  const given = JSON.parse(options.graph) as Graph;
  const isUnplaced = given.nodes.length > 1 && given.nodes.every(x => !x.position); // a file that was written by hand
  const graph = isUnplaced && options.readOnly ? apply(given, [{ op: 'place', items: arranged(given, kinds, () => ({ width: nodeWidth, height: 80 })) }]) : given;
  const store = new Store(graph, options.readOnly ? null : `canvas:${host.dataset.pipeline ?? ''}`, dotnet);
  const root = createRoot(host);
  let exposed: Exposed | null = null;
  const ask = (method: 'OnSelect' | 'OnReady' | 'OnCommand', ...values: unknown[]): void => {
    dotnet.invokeMethodAsync(method, ...values).catch((error: unknown) => console.warn(`${method} did not reach the server.`, error));
  };
  const onCommand = (name: string): void => { void store.settled().then(() => ask('OnCommand', name)); };

  const say = (): void => {
    const word = document.querySelector<HTMLElement>('[data-save]');
    if (!word || options.readOnly) return;
    const state = store.waiting === 0 ? 'saved' : store.lost ? 'lost' : 'saving';
    if (word.dataset.save === state) return;
    word.dataset.save = state;
    word.textContent = state === 'saved' ? 'Saved' : state === 'lost' ? 'Not saved yet: connection lost' : 'Saving…';
  };
  const stop = store.subscribe(say);
  const modal = document.getElementById('components-reconnect-modal');
  const onConnection = (event: Event): void => {
    const lost = (event as CustomEvent<{ state: string }>).detail.state !== 'hide';
    if (!lost) ask('OnReady');
    store.connection(lost);
  };
  const page = host.closest<HTMLElement>('.design');
  const fix = resizable(page);
  const plain = inking(page, host);
  modal?.addEventListener('components-reconnect-state-changed', onConnection);

  root.render(
    <ReactFlowProvider>
      <Canvas store={store} kinds={kinds} readOnly={options.readOnly} host={host} onSelect={ids => ask('OnSelect', ids)} onCommand={onCommand} expose={handle => {
        if (!exposed) queueMicrotask(() => {
          say();
          ask('OnReady');
          void store.send();
          if (isUnplaced && !options.readOnly) handle.editing.arrange();
        });
        exposed = handle;
      }} />
    </ReactFlowProvider>,
  );

  return {
    document: (graph: string, revision: number) => store.document(JSON.parse(graph) as Graph, revision),
    acknowledged: (sequence: number, revision: number) => store.acknowledged(sequence, revision),
    states: (states: Record<string, State>) => store.states(states),
    problems: (problems: Problem[]) => store.problems(problems),
    pins: (nodes: string[]) => store.pins(nodes),
    allowed: (allowed: Record<string, string>) => store.allow(allowed),
    marks: (marks: Record<string, Mark>) => store.marks(marks),
    select: (id: string) => exposed?.show(id),
    command: (name: string) => {
      if (name === 'arrange') exposed?.editing.arrange();
      else if (name === 'fit') void exposed?.flow.fitView({ padding: 0.15, maxZoom: 1 });
      else if (name === 'add') exposed?.openPalette();
      else if (name === 'undo' || name === 'redo') onCommand(name);
    },
    unmount: () => {
      modal?.removeEventListener('components-reconnect-state-changed', onConnection);
      stop();
      fix();
      plain();
      store.close();
      root.unmount();
    },
  };
}
