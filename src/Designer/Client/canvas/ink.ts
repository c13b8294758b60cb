const tag = /\{\{-?|-?\}\}|\{%-?|-?%\}/;
const word = /(['"])(?:(?!\1).)*\1|[a-z_]\w*(?:\.\w+|\[\d+\])*/gi;
const own = new Set(['if', 'elsif', 'else', 'endif', 'for', 'in', 'endfor', 'assign', 'capture', 'endcapture', 'unless', 'endunless', 'case', 'when', 'endcase', 'and', 'or', 'contains', 'true', 'false', 'nil', 'null', 'empty', 'blank', 'forloop', 'limit', 'offset', 'reversed', 'break', 'continue', 'comment', 'endcomment', 'raw', 'endraw']);

const inked = new WeakSet<Element>();

/** Colours the values in every text field of a page that lies over a copy of its text (`data-ink` names what is known): known ones as chips, unknown names underlined. What changes on the canvas, in every frame of a drag, is none of its business. */
export function inking(page: HTMLElement | null, canvas: Element): () => void {
  if (!page) return () => {};
  const all = (): void => page.querySelectorAll<HTMLElement>('[data-ink]').forEach(prepare);
  const observer = new MutationObserver(changes => { if (changes.some(x => !canvas.contains(x.target))) all(); });
  observer.observe(page, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-ink', 'data-bare', 'data-of'] });
  all();
  return () => observer.disconnect();
}

function prepare(under: HTMLElement): void {
  const field = under.parentElement?.querySelector<HTMLTextAreaElement | HTMLInputElement>('textarea, input');
  if (!field) return;
  const paint = (): void => {
    const said = `${under.dataset.ink}\n${under.dataset.bare}\n${field.value}`;
    if (under.dataset.said !== said) {
      under.dataset.said = said;
      under.replaceChildren(...coloured(field.value, (under.dataset.ink ?? '').split(' ').filter(x => x !== ''), under.dataset.bare === 'True'), '\n');
    }
    under.style.width = `${field.clientWidth + 2}px`; // as wide as the text is, a scroll bar left out
    under.style.height = `${field.offsetHeight}px`;
    under.scrollTop = field.scrollTop;
    under.scrollLeft = field.scrollLeft;
  };
  if (!inked.has(under)) {
    inked.add(under);
    for (const event of ['input', 'scroll', 'focus', 'blur']) field.addEventListener(event, paint);
    new ResizeObserver(paint).observe(field);
  }
  requestAnimationFrame(paint); // the server sets the text after the attributes
}

function coloured(text: string, names: string[], bare: boolean): (Node | string)[] {
  const known = new Set(names);
  const roots = new Set(names.map(x => x.split('.')[0]!));
  for (const made of text.matchAll(/\{%-?\s*(?:for|assign|capture)\s+([a-z_]\w*)/gi)) roots.add(made[1]!);
  const made = new Set([...roots].filter(x => !names.some(y => y.split('.')[0] === x)));
  const isKnown = (path: string): boolean => {
    const root = path.split(/[.[]/)[0]!;
    if (made.has(root) || known.has(path)) return true;
    if (!roots.has(root)) return false;
    const fields = names.filter(x => x.startsWith(`${root}.`));
    return fields.length === 0 || path === root || fields.some(x => path.startsWith(x)) || /\.(size|first|last)$/.test(path); // of a text with unknown fields nothing is said
  };
  if (bare && !text.includes('{{')) return [chip(text, isKnown(text.trim()))];
  const pieces: (Node | string)[] = [];
  for (let rest = text; rest !== '';) {
    const open = /\{\{|\{%/.exec(rest);
    if (!open) return [...pieces, rest];
    pieces.push(rest.slice(0, open.index));
    const end = rest.slice(open.index + 2).search(open[0] === '{{' ? /\}\}/ : /%\}/);
    const inside = end < 0 ? rest.slice(open.index) : rest.slice(open.index, open.index + 2 + end + 2);
    pieces.push(tagged(inside, isKnown));
    rest = rest.slice(open.index + inside.length);
  }
  return pieces;
}

function tagged(text: string, isKnown: (path: string) => boolean): Node {
  const span = document.createElement('span');
  span.className = 'ink-tag';
  let at = 0;
  for (const hit of text.matchAll(word)) {
    const path = hit[0];
    const before = text.slice(0, hit.index);
    const isFilter = /\|\s*$/.test(before) || /^\s*:/.test(text.slice(hit.index + path.length));
    if (/^['"]/.test(path) || own.has(path) || isFilter || tag.test(path) || isKnown(path)) continue;
    span.append(text.slice(at, hit.index), chip(path, false));
    at = hit.index + path.length;
  }
  span.append(text.slice(at));
  return span;
}

function chip(text: string, known: boolean): HTMLElement {
  const span = document.createElement('span');
  span.className = known ? 'ink-tag' : 'ink-wrong';
  span.textContent = text;
  return span;
}
