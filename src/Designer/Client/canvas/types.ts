/** The pipeline file as the server sends it, and what may be done to it. The C# side is `DraftOperation`. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Settings = { [key: string]: Json };
export interface Point { x: number; y: number }
export interface Size { width: number; height: number }

export interface GraphNode { id: string; kind: string; name?: string; position?: Point; size?: Size; parent?: string; disabled?: boolean; settings?: Settings }
export interface GraphEdge { id?: string; from: string; fromPort?: string; to: string; toPort?: string }
export interface GraphNote { id: string; text: string; position?: Point; size?: Size }
export interface Graph { name: string; description?: string; nodes: GraphNode[]; edges: GraphEdge[]; notes?: GraphNote[] }

export interface Placed { id: string; x: number; y: number; width?: number; height?: number; parent?: string }
export type Operation =
  | { op: 'addNode'; node: GraphNode }
  | { op: 'addEdge'; edge: GraphEdge }
  | { op: 'addNote'; note: GraphNote }
  | { op: 'remove'; nodes: string[]; edges: GraphEdge[]; notes: string[] }
  | { op: 'place'; items: Placed[] }
  | { op: 'set'; id: string; path: string; value?: Json };

/** An edit that the server has not confirmed yet. */
export interface Edit { sequence: number; operations: Operation[] }

/** A node kind as the catalogue describes it. */
export interface Kind {
  kind: string;
  title: string;
  group: string;
  tone: string;
  sentence: string;
  /** Shapes of a 24 px icon, from the server's own set. */
  icon: string;
  container: boolean;
  takesIn: boolean;
  /** Ports that it has whatever its settings say. */
  ports: string[];
  /** The setting whose entries are ports too, before those above. */
  portsFrom?: string;
  /** The text that says what it does, where it has one. */
  reads?: string;
  /** Settings of which the first that holds something is shown on the node. */
  summary: string[];
}

/** What a run says of a node. */
export interface State { status: string; word: string; tone: string; port?: string; time?: string; cost?: string; note?: string; text?: string }
/** What became of a node or a connection from one version to another. */
export type Mark = 'added' | 'removed' | 'changed';
export interface Problem { node?: string; warning: boolean; message: string }
/** Graphs and operations cross as JSON text: the circuit's own reader stops at 32 levels, and schemas go deeper. */
export interface Options { graph: string; kinds: Kind[]; readOnly: boolean }

/** The C# side: `Canvas.razor.cs`. */
export interface DotNet { invokeMethodAsync<T = void>(method: 'OnEdit' | 'OnSelect' | 'OnReady' | 'OnCommand', ...values: unknown[]): Promise<T> }
