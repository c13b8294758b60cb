import { createContext, useContext, type RefObject } from 'react';
import { dark, type Light } from './reads';
import type { Point, Size } from './types';

/** What nodes and notes may ask of the canvas. */
export interface Actions {
  resized(id: string, to: Point & Size): void;
  written(note: string, text: string): void;
  /** Folds a container, or unfolds it. */
  fold(id: string): void;
  /** The note that is to be written in as soon as it is there. */
  writing: RefObject<string | null>;
}

/** What the chosen node reads, and what reads it. */
export const LightContext = createContext<Light>(dark);

export const ActionsContext = createContext<Actions | null>(null);

export function useActions(): Actions {
  const actions = useContext(ActionsContext);
  if (!actions) throw new Error('This is drawn on a canvas only.');
  return actions;
}
