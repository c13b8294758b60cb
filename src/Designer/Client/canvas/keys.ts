import { useEffect } from 'react';
import type { Editing } from './editing';
import type { Point } from './types';

export interface KeyTargets {
  host: HTMLElement;
  editing: Editing;
  readOnly: boolean;
  pointer: () => Point | null;
  openPalette: () => void;
  openConnect: (node: string) => void;
  command: (name: string) => void;
  clear: () => void;
  /** Goes to the next node in reading order, or to the one before. */
  step: (by: 1 | -1) => void;
  /** Brings everything into view, or what is chosen. */
  look: (chosen: boolean) => void;
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
const isOverlaid = (): boolean => document.querySelector('.mud-overlay-dialog, dialog[open]:not(#components-reconnect-modal)') !== null;

/** Keys that mean the canvas: while nobody types, and for those that change nodes while the focus is on it. */
export function useKeys(targets: KeyTargets): void {
  useEffect(() => {
    const { host, editing, readOnly } = targets;
    const isHere = (target: EventTarget | null): boolean => target instanceof Element && (host.contains(target) || target.closest('button, a, label, nav, [data-panel]') === null);
    let wasChosen = false; // before React Flow, which selects on Enter, has its turn
    const look = (event: KeyboardEvent): void => { wasChosen = event.target instanceof Element && event.target.matches('.react-flow__node.selected'); };
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !event.defaultPrevented && event.target instanceof Element && event.target.closest('.inspector')) { // back from the settings to their node
        host.querySelector<HTMLElement>('.react-flow__node.selected')?.focus({ preventScroll: true });
        return;
      }
      if ((event.key === 'Enter' || event.key === 'Escape') && event.target instanceof HTMLInputElement && event.target.matches('.design .name')) return event.target.blur();
      if (event.defaultPrevented || isTyping(event.target) || isOverlaid() || event.altKey) return;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const command = event.ctrlKey || event.metaKey;
      const one = editing.chosen.nodes.length === 1 ? editing.chosen.nodes[0] : undefined;
      if (command && key === 'z' && !readOnly) targets.command(event.shiftKey ? 'redo' : 'undo');
      else if (command && key === 'y' && !readOnly) targets.command('redo');
      else if (!isHere(event.target)) return;
      else if (command && key === 'a') editing.chooseAll();
      else if (command && key === 'd' && !readOnly) {
        const text = editing.copy();
        if (text) editing.paste(text, null);
      } else if (command) return;
      else if (key === '/' && !readOnly) targets.openPalette();
      else if (key === 'c' && one && !readOnly) targets.openConnect(one);
      else if ((key === 'Delete' || key === 'Backspace') && !readOnly) editing.remove();
      else if (key === 'Enter' && !readOnly && event.target instanceof Element && event.target.querySelector(':scope > .cv-note')) event.target.querySelector('.cv-note')?.dispatchEvent(new MouseEvent('dblclick', { bubbles: true }));
      else if ((key === 'j' || key === 'k') && !readOnly) targets.step(key === 'j' ? 1 : -1);
      else if (key === 'f' && one) editing.fold(one);
      else if (event.shiftKey && (event.code === 'Digit1' || event.code === 'Digit2')) targets.look(event.code === 'Digit2');
      else if (key === 'Enter' && one && wasChosen) document.querySelector<HTMLElement>('.inspector [data-setting]')?.focus();
      else if (key === 'Escape') targets.clear();
      else return;
      event.preventDefault();
    };
    const onClip = (event: ClipboardEvent): void => {
      if (isTyping(event.target) || isOverlaid() || !isHere(event.target) || (getSelection()?.toString() ?? '') !== '') return;
      const text = editing.copy();
      if (!text) return;
      event.clipboardData?.setData('text/plain', text);
      event.preventDefault();
      if (event.type === 'cut' && !readOnly) editing.remove();
    };
    const onPaste = (event: ClipboardEvent): void => {
      if (readOnly || isTyping(event.target) || isOverlaid() || !isHere(event.target)) return;
      if (editing.paste(event.clipboardData?.getData('text/plain') ?? '', targets.pointer())) event.preventDefault();
    };
    document.addEventListener('keydown', look, true);
    document.addEventListener('keydown', onKey);
    document.addEventListener('copy', onClip);
    document.addEventListener('cut', onClip);
    document.addEventListener('paste', onPaste);
    return () => {
      document.removeEventListener('keydown', look, true);
      document.removeEventListener('keydown', onKey);
      document.removeEventListener('copy', onClip);
      document.removeEventListener('cut', onClip);
      document.removeEventListener('paste', onPaste);
    };
  }, [targets]);
}
