const key = 'inspector';
const [least, most, first] = [300, 720, 380];

/** Lets the edge of the inspector be dragged, or moved by arrow keys; the width is remembered. */
export function resizable(page: HTMLElement | null): () => void {
  const edge = page?.querySelector<HTMLElement>('[data-resizes]');
  if (!page || !edge) return () => {};
  let width = Number(localStorage.getItem(key)) || first;
  const set = (to: number): void => {
    width = Math.max(least, Math.min(most, to));
    page.style.setProperty('--inspector', `${width}px`);
    edge.setAttribute('aria-valuenow', String(width));
    edge.setAttribute('aria-valuemin', String(least));
    edge.setAttribute('aria-valuemax', String(most));
  };
  const keep = (): void => localStorage.setItem(key, String(width));
  const move = (event: PointerEvent): void => set(page.getBoundingClientRect().right - event.clientX);
  const down = (event: PointerEvent): void => {
    event.preventDefault();
    edge.setPointerCapture(event.pointerId);
    edge.addEventListener('pointermove', move);
  };
  const up = (): void => {
    edge.removeEventListener('pointermove', move);
    keep();
  };
  const press = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: 16, ArrowRight: -16 }[event.key];
    if (!by) return;
    event.preventDefault();
    set(width + by);
    keep();
  };
  set(width);
  edge.addEventListener('pointerdown', down);
  edge.addEventListener('pointerup', up);
  edge.addEventListener('keydown', press);
  return () => {
    edge.removeEventListener('pointerdown', down);
    edge.removeEventListener('pointerup', up);
    edge.removeEventListener('keydown', press);
  };
}
