import { BaseEdge, getSmoothStepPath, type EdgeProps } from '@xyflow/react';
import { memo } from 'react';
import type { Wire } from './flow';

/** A connection: smooth steps, coloured by what became of it in the run that is shown. */
export const WireEdge = memo(function WireEdge(props: EdgeProps<Wire>) {
  const [path] = getSmoothStepPath({ ...props, borderRadius: 10, offset: 18 });
  return <BaseEdge id={props.id} path={path} className={`cv-wire ${props.data?.mood ?? ''}`} interactionWidth={24} />;
});
