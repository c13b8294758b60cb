import type { Graph, Json } from './types';

/** Settings that hold a path rather than a text with values in it. */
const paths = new Set(['left', 'items', 'result', 'value', 'subject', 'context', 'revise']);
const word = /(?<![\w.'"])[a-z][a-z0-9_]*(?![\w'"])/g;
const path = /^[a-z][a-z0-9_]*(\.\w+|\[\d+\])*$/;
const first = /^[a-z][a-z0-9_]*/;

/** Settings with the names of nodes that they read replaced, wherever they stand in a text or as a path. */
export function withNames(value: Json, name: (word: string) => string, key = ''): Json {
  if (Array.isArray(value)) return value.map(x => withNames(x, name, key));
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([at, x]) => [at, withNames(x, name, at)]));
  if (typeof value !== 'string') return value;
  if (paths.has(key) && path.test(value)) return value.replace(first, name);
  return value.replace(/\{\{.*?\}\}|\{%.*?%\}/gs, tag => tag.replace(word, name));
}

/** Which nodes a node reads, and which read it. */
export interface Light { sources: ReadonlySet<string>; readers: ReadonlySet<string> }
export const dark: Light = { sources: new Set(), readers: new Set() };

export function lightOf(graph: Graph, id: string): Light {
  const ids = new Set(graph.nodes.map(x => x.id));
  const [sources, readers] = [new Set<string>(), new Set<string>()];
  for (const node of graph.nodes) {
    if (!node.settings) continue;
    const seen = (read: string): string => {
      if (node.id === id && read !== id && ids.has(read)) sources.add(read);
      else if (node.id !== id && read === id) readers.add(node.id);
      return read;
    };
    withNames(node.settings, seen);
  }
  return { sources, readers };
}
