import { apply } from './document';
import type { DotNet, Edit, Graph, Mark, Operation, Problem, State } from './types';

export interface Shown {
  graph: Graph;
  states: Readonly<Record<string, State>>;
  problems: readonly Problem[];
  /** Differences that are shown, by node id and by the key of a connection. */
  marks: Readonly<Record<string, Mark>>;
  /** Containers that are folded here; other people see them as they like. */
  folded: ReadonlySet<string>;
  /** Nodes whose output this person keeps. */
  pinned: ReadonlySet<string>;
  /** Sends that may go without an approval, with the reason. */
  allowed: Record<string, string>;
  /** A short message over the canvas, perhaps with something to do. */
  message: { text: string; title?: string; act?: () => void; holds?: (graph: Graph) => boolean } | null;
  /** What was just done, for those who do not see it. */
  said: string;
}

const patience = 6_000;
const pause = (milliseconds: number): Promise<void> => new Promise(done => setTimeout(done, milliseconds));

/**
 * The server's graph and what was done here since. Edits are shown at once, sent one after another, kept in this tab until they are
 * confirmed, and sent again after a lost connection, a restarted server or a reload.
 */
export class Store {
  shown: Shown;
  /** True while the server does not answer. */
  lost = false;
  #base: Graph;
  #revision = 0;
  #pending: Edit[] = [];
  #sequence = 0;
  #sending = false;
  #closed = false;
  #wake: () => void = () => {};
  #fade = 0;
  readonly #listeners = new Set<() => void>();

  /** @param key Names the pipeline; null: nothing is edited and nothing kept. */
  constructor(graph: Graph, private readonly key: string | null, private readonly dotnet: DotNet) {
    this.#base = graph;
    const kept = key && sessionStorage.getItem(key);
    if (kept) this.#pending = JSON.parse(kept) as Edit[];
    this.#sequence = this.#pending.at(-1)?.sequence ?? 0;
    this.shown = { graph: this.#rebased(), states: {}, problems: [], marks: {}, pinned: new Set(), allowed: {}, folded: new Set(key ? JSON.parse(localStorage.getItem(`${key}:folded`) ?? '[]') as string[] : []), message: null, said: '' };
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  snapshot = (): Shown => this.shown;

  get graph(): Graph { return this.shown.graph; }
  get waiting(): number { return this.#pending.length; }

  edit(operations: Operation[]): void {
    if (operations.length === 0) return;
    this.#pending.push({ sequence: ++this.#sequence, operations });
    this.#keep();
    this.#show({ graph: apply(this.shown.graph, operations) });
    void this.send();
  }

  /** The server's graph as somebody, perhaps this page, left it. */
  document(graph: Graph, revision: number): void {
    if (revision < this.#revision) return;
    this.#base = graph;
    this.#revision = revision;
    this.#show({ graph: this.#rebased() });
  }

  /** The server has stored the edit, or has refused it and sent its graph before. */
  acknowledged(sequence: number, revision: number): void {
    for (const edit of this.#pending.filter(x => x.sequence <= sequence)) if (revision > this.#revision) this.#base = apply(this.#base, edit.operations);
    if (revision === this.#revision + 1) this.#revision = revision;
    this.#pending = this.#pending.filter(x => x.sequence > sequence);
    this.lost = false;
    this.#keep();
    this.#show({ graph: this.#rebased() }); // a refused edit is no longer shown
    this.#wake();
  }

  states(states: Record<string, State>): void { this.#show({ states }); }
  problems(problems: Problem[]): void { this.#show({ problems }); }
  pins(nodes: string[]): void { this.#show({ pinned: new Set(nodes) }); }
  allow(allowed: Record<string, string>): void { this.#show({ allowed }); }
  marks(marks: Record<string, Mark>): void { this.#show({ marks }); }

  /** @param holds False where the graph has become one in which there is nothing to do any more. */
  tell(text: string, title?: string, act?: () => void, holds?: (graph: Graph) => boolean): void {
    clearTimeout(this.#fade);
    this.#fade = window.setTimeout(() => this.#show({ message: null }), act ? 30_000 : 6_000);
    this.#show({ message: { text, ...(title && act ? { title, act: () => { this.#show({ message: null }); act(); } } : {}), ...(holds ? { holds } : {}) } });
  }

  say(said: string): void { this.#show({ said }); }

  /** Folds a container, or unfolds it. */
  fold(id: string): void {
    const folded = new Set(this.shown.folded);
    if (!folded.delete(id)) folded.add(id);
    if (this.key) localStorage.setItem(`${this.key}:folded`, JSON.stringify([...folded]));
    this.#show({ folded });
  }

  /** Sends what waits, oldest first; a second call while it sends shortens the wait for an answer. */
  async send(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    while (this.#pending[0] && !this.#closed) {
      const edit = this.#pending[0];
      const answered = new Promise<void>(done => { this.#wake = done; });
      try {
        await Promise.race([this.dotnet.invokeMethodAsync('OnEdit', { sequence: edit.sequence, operations: JSON.stringify(edit.operations) }), pause(patience)]);
      } catch (error) {
        console.warn('An edit could not be sent; it is kept and sent again.', error);
      }
      if (this.#pending[0]?.sequence !== edit.sequence) continue;
      this.lost = true;
      this.#show({});
      await Promise.race([answered, pause(1_000)]);
    }
    this.#sending = false;
  }

  connection(lost: boolean): void {
    this.lost = lost;
    this.#show({});
    if (lost) return;
    this.#wake();
    void this.send();
  }

  /** Until the server has everything. */
  async settled(): Promise<void> {
    while (this.#pending.length > 0 && !this.#closed) await pause(20);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#fade);
  }

  #rebased(): Graph { return this.#pending.reduce((graph, edit) => apply(graph, edit.operations), this.#base); }

  #keep(): void {
    if (!this.key) return;
    if (this.#pending.length === 0) sessionStorage.removeItem(this.key);
    else sessionStorage.setItem(this.key, JSON.stringify(this.#pending));
  }

  #show(change: Partial<Shown>): void {
    this.shown = { ...this.shown, ...change };
    if (change.graph && this.shown.message?.holds?.(change.graph) === false) this.shown = { ...this.shown, message: null };
    for (const listener of this.#listeners) listener();
  }
}
