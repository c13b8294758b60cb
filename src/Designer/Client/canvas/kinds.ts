import type { GraphEdge, GraphNode, Json, Kind, Settings } from './types';

export interface Port { name: string; title: string }

/** The kinds of this program by name; a kind that it does not have is drawn all the same. */
export class Kinds {
  readonly #byName: Map<string, Kind>;

  constructor(readonly all: Kind[]) {
    this.#byName = new Map(all.map(x => [x.kind, x]));
  }

  of(name: string): Kind {
    return this.#byName.get(name) ?? { kind: name, title: name, group: '', tone: 'bad', sentence: 'This program does not know this kind.', icon: '', container: false, takesIn: true, ports: ['out'], summary: [] };
  }
}

const isObject = (value: Json | undefined): value is Settings => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Ports out in drawing order, computed from the settings as the server does. */
export function portsOf(node: GraphNode, kind: Kind): Port[] {
  const listed = kind.portsFrom ? node.settings?.[kind.portsFrom] : undefined;
  const ports: Port[] = [];
  for (const entry of Array.isArray(listed) ? listed : []) {
    if (!isObject(entry) || typeof entry.port !== 'string' || entry.port === '' || kind.ports.includes(entry.port) || ports.some(x => x.name === entry.port)) continue;
    ports.push({ name: entry.port, title: typeof entry.title === 'string' && entry.title !== '' ? entry.title : entry.port });
  }
  ports.push(...kind.ports.map(name => ({ name, title: name })));
  if (node.settings?.onError === 'route') ports.push({ name: 'error', title: 'error' });
  return ports;
}

/** Ports are written out where there is more to say than that it goes on. */
export const named = (ports: Port[]): boolean => ports.length > 1 || (ports.length === 1 && ports[0]?.name !== 'out');

/** The room right of what is in a container: the names of its ports stand there. */
export const besideOf = (ports: Port[]): number => (named(ports) ? 80 : 24);

const names = (list: Json[], key: string): string[] => list.map(x => (isObject(x) && typeof x[key] === 'string' ? (x[key] as string) : '')).filter(x => x !== '');

const operators: Record<string, string> = {
  equals: 'is', notEquals: 'is not', contains: 'contains', notContains: 'does not contain', startsWith: 'starts with', endsWith: 'ends with', matches: 'matches',
  greaterThan: '>', greaterOrEqual: '≥', lessThan: '<', lessOrEqual: '≤', isEmpty: 'is empty', isNotEmpty: 'is not empty', isTrue: 'is true', isFalse: 'is false', in: 'is one of',
};

/** A condition in words. */
function inWords(condition: Settings): string {
  const all = condition.all ?? condition.any;
  if (Array.isArray(all)) return all.filter(isObject).map(inWords).join(condition.any ? ' or ' : ' and ');
  const right = condition.right === undefined ? '' : ` ${typeof condition.right === 'string' ? condition.right : JSON.stringify(condition.right)}`;
  const left = String(condition.left ?? '');
  if (left.endsWith('.size') && (condition.op === 'lessThan' || condition.op === 'greaterThan')) return `${left.slice(0, -5)} is ${condition.op === 'lessThan' ? 'shorter' : 'longer'} than${right} characters`;
  return `${left} ${operators[String(condition.op)] ?? String(condition.op ?? '')}${right}`.trim();
}

function sayValue(value: Json | undefined): string {
  if (typeof value === 'string') return value.replace(/\s+/g, ' ').trim().slice(0, 120);
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) {
    const said = [names(value, 'name'), names(value, 'title'), names(value, 'port'), names(value, 'type')].find(x => x.length > 0) ?? value.filter(x => typeof x === 'string');
    return said.join(', ');
  }
  return isObject(value) && (value.all ?? value.any ?? value.left) !== undefined ? inWords(value) : '';
}

/** One line of what the node does. */
export const summaryOf = (node: GraphNode, kind: Kind): string => kind.summary.map(x => sayValue(node.settings?.[x])).find(x => x !== '') ?? '';

/** The kind in words with the model or the people. */
export function detailOf(node: GraphNode, kind: Kind): string {
  const model = node.settings?.model;
  if (typeof model === 'string' && model !== '') return `${kind.title} · ${model === 'default' ? 'default model' : model.slice(model.indexOf('/') + 1)}`;
  const reviewers = node.settings?.reviewers;
  if (!isObject(reviewers)) return kind.title;
  const people = Array.isArray(reviewers.people) ? reviewers.people.length : 0;
  return `${kind.title} · ${people > 1 ? `${people} people` : people === 1 ? String((reviewers.people as Json[])[0]).split('@')[0] : 'any reviewer'}`;
}

/** What people read; where nobody gave it a name its id, as messages call it, unless that is the kind once more. */
export function nameOf(node: GraphNode, kind: Kind): string {
  if (node.name) return node.name;
  return node.id.replace(/_?\d+$/, '') === kind.kind.toLowerCase() ? kind.title : node.id;
}

/** What a step that says nothing yet is given when another is connected to it: an output gives on what came, a gate judges it. */
export function filledBy(from: GraphNode, edge: GraphEdge, to: GraphNode): { path: string; value: Json } | null {
  const isEmpty = (value: Json | undefined): boolean => value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
  const lists = Array.isArray(from.settings?.fields) ? from.settings.fields.filter(x => isObject(x) && x.type === 'list' && typeof x.name === 'string') : [];
  if (from.kind === 'input' && to.kind === 'forEach' && isEmpty(to.settings?.items) && lists.length === 1) return { path: 'settings/items', value: `${from.id}.${String((lists[0] as Settings).name)}` };
  if (from.kind === 'input' || !['out', 'approved', 'valid'].includes(edge.fromPort ?? 'out')) return null;
  if (to.kind === 'output' && isEmpty(to.settings?.fields)) return { path: 'settings/fields', value: [{ name: from.kind === 'approval' || from.id.length > 64 ? 'result' : from.id, value: `{{ ${from.id} }}` }] };
  return to.kind === 'approval' && isEmpty(to.settings?.subject) ? { path: 'settings/subject', value: `{{ ${from.id} }}` } : null;
}
