// What the frame needs of the browser: keys, text that must not be lost, the connection's state, the clipboard.
const typing = x => x instanceof HTMLElement && (x.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(x.tagName) && !/^(checkbox|radio|button)$/.test(x.type ?? ''));
const listeners = new Map();

// What is typed between the key and the palette's field is not lost.
let ahead = null;
function openPalette() {
  ahead = '';
  listeners.get('frame')?.dotnet.invokeMethodAsync('OpenPalette');
  const since = performance.now();
  const look = () => {
    const field = document.querySelector('#palette');
    if (!field && performance.now() - since < 3000) return void requestAnimationFrame(look);
    if (field) {
      field.focus();
      if (ahead) {
        field.value = ahead;
        tell(field);
      }
    }
    ahead = null;
  };
  look();
}

// A menu that was opened with the mouse leaves the focus on what opened it, where MudBlazor hears no Escape.
function closeMenu() {
  const opener = document.querySelector('.mud-menu-activator[aria-expanded=true], .mud-menu-icon-button-activator[aria-expanded=true]');
  if (opener?.contains(document.activeElement)) (opener.querySelector('[title]') ?? opener).click();
}

// A menu gives the focus back to its opener after the dialog of its item has taken it; what is behind a dialog does not keep it.
function keepInside(event) {
  const dialog = [...document.querySelectorAll('.mud-dialog')].at(-1);
  if (dialog && event.target.closest?.('.app')) dialog.querySelector('input, select, textarea, button')?.focus();
}

// The button is enabled by the server's answer to what was typed, a moment after the last key.
function submit(selector, field) {
  const [since, typed] = [performance.now(), field.value];
  const look = () => {
    const button = document.querySelector(selector);
    if (button && !button.disabled) button.click();
    else if (button && typed && field.value === typed && performance.now() - since < 2000) requestAnimationFrame(look);
  };
  look();
}

function onKey(event) {
  const command = (event.ctrlKey || event.metaKey) && !event.altKey;
  if (command && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    openPalette();
    return;
  }
  if (ahead !== null && !command && event.key.length === 1) {
    event.preventDefault();
    ahead += event.key;
    return;
  }
  const overlaid = document.querySelector('.mud-overlay-dialog, dialog[open]:not(#components-reconnect-modal)') !== null;
  if (command && event.key === 'Enter') {
    const form = event.target.closest?.('[data-submit]');
    if (form) {
      event.preventDefault();
      event.target.dispatchEvent(new Event('change', { bubbles: true })); // what was typed and not yet left
      submit(form.dataset.submit, event.target);
    }
    return;
  }
  if (event.key === 'Escape') closeMenu();
  if (command || event.altKey || typing(event.target) || overlaid) return;
  if (event.key === '?') {
    event.preventDefault();
    listeners.get('frame')?.dotnet.invokeMethodAsync('ShowKeys');
    return;
  }
  for (const { dotnet, keys } of listeners.values()) {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!keys?.includes(key)) continue;
    event.preventDefault();
    dotnet.invokeMethodAsync('OnKey', key);
    return;
  }
}
document.addEventListener('keydown', onKey);
document.addEventListener('focusin', keepInside);

// Text that was filled in for somebody is selected as a whole: what is typed or pasted takes its place. A frame later, for a click sets the cursor after the focus.
document.addEventListener('focusin', ({ target }) => {
  if (target.dataset?.prefilled !== undefined) requestAnimationFrame(() => target === document.activeElement && target.select());
});

/** Tells a page's C# part about single keys until `unlisten`. */
export function listen(name, dotnet, keys) { listeners.set(name, { dotnet, keys }); }
export function unlisten(name) { listeners.delete(name); }

// Typed text outlives a lost connection, a killed server and a reload: fields marked data-keep are kept in this tab until they are sent.
const slot = field => `keep:${location.pathname}:${field.dataset.keep}`;
const tell = field => {
  field.dispatchEvent(new Event('input', { bubbles: true }));
  field.dispatchEvent(new Event('change', { bubbles: true }));
};
const restore = field => {
  const kept = sessionStorage.getItem(slot(field));
  if (kept === null || kept === field.value) return;
  field.value = kept;
  delete field.dataset.prefilled;
  tell(field);
};
const each = (root, act) => {
  if (!(root instanceof Element)) return;
  if (root.matches('[data-keep]')) act(root);
  root.querySelectorAll('[data-keep]').forEach(act);
};
document.addEventListener('input', event => {
  if (event.isTrusted && event.target.dataset) delete event.target.dataset.prefilled;
  if (event.target.dataset?.keep !== undefined && event.isTrusted) sessionStorage.setItem(slot(event.target), event.target.value);
});

/** Called once the page listens: gives back what was typed before. */
export function ready() {
  each(document.body, restore);
  new MutationObserver(changes => changes.forEach(x => x.addedNodes.forEach(node => each(node, restore)))).observe(document.body, { childList: true, subtree: true });
  document.documentElement.dataset.ready = 'on';
}

/** Forgets what was typed at this address: it has been sent. */
export function forget() {
  const prefix = `keep:${location.pathname}:`;
  Object.keys(sessionStorage).filter(x => x.startsWith(prefix)).forEach(x => sessionStorage.removeItem(x));
}

/** Puts a value where the cursor stands: as a template reads it, or as a bare path in place of what is there. */
export function insert(selector, path, isBare) {
  const field = document.querySelector(selector);
  if (!field) return;
  const before = field.value.slice(0, field.selectionStart);
  const open = /\{\{?\s*$/.exec(before);
  if (isBare) field.value = path;
  else field.setRangeText(`{{ ${path} }}`, open ? open.index : field.selectionStart, field.selectionEnd, 'end');
  field.focus();
  tell(field);
}

/** Focuses what may be there in a moment, where the focus is not in a field by then. */
export function goTo(selector) {
  const since = performance.now();
  const look = () => {
    const field = [...document.querySelectorAll(selector)].find(x => x.checkVisibility());
    if (!field && performance.now() - since < 2000) return void requestAnimationFrame(look);
    field?.scrollIntoView({ block: 'center' });
    field?.focus({ preventScroll: true });
  };
  look();
}

export function focus(selector) { document.querySelector(selector)?.focus(); }
export function show(selector) { document.querySelector(selector)?.scrollIntoView({ block: 'nearest' }); }

/** Copies a text; false where the browser refuses. Without TLS there is no clipboard but the one of old. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const [area, before] = [Object.assign(document.createElement('textarea'), { value: text }), document.activeElement];
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    before?.focus();
    return done;
  }
}
export function narrow(on) { document.cookie = `nav=${on ? 'narrow' : 'wide'}; max-age=31536000; path=/; samesite=lax`; }

/** Saves text as a file. */
export function save(name, type, text) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// The connection: said in words, tried again without end, and the page reloaded where the server has forgotten it.
const modal = document.getElementById('components-reconnect-modal');
const word = modal?.querySelector('[data-word]');
let patient = false;
const alive = async () => {
  try {
    return (await fetch('/health/ready', { cache: 'no-store' })).ok;
  } catch {
    return false;
  }
};
async function comeBack(isKnown) {
  if (patient) return;
  patient = true;
  word.textContent = 'The server cannot be reached. What you typed is kept; trying again.';
  while (!(await alive())) await new Promise(done => setTimeout(done, 1000));
  try {
    if (isKnown && await Blazor.reconnect()) return;
  } catch {
    // it knows the circuit no more
  } finally {
    patient = false;
  }
  location.reload();
}
modal?.addEventListener('components-reconnect-state-changed', event => {
  const state = event.detail.state;
  if (state === 'show') {
    word.textContent = 'The connection is lost. What you typed is kept; connecting again.';
    modal.show();
  } else if (state === 'hide') {
    modal.close();
    each(document.body, field => { if (sessionStorage.getItem(slot(field)) !== null) tell(field); });
  } else if (state === 'failed' || state === 'rejected') {
    modal.open || modal.show();
    void comeBack(state === 'failed');
  }
});
