/** Strokes of 16 px icons that are the canvas's own; a kind's icon comes from the server. */
const shapes: Record<string, string> = {
  check: 'M3 8.5 6.5 12 13 4.5', cross: 'm4 4 8 8m0-8-8 8', arc: 'M8 2.5a5.5 5.5 0 1 1-5.5 5.5', hand: 'M5 8V4.5a1 1 0 0 1 2 0V7m0 0V3a1 1 0 0 1 2 0v4m0 0V4a1 1 0 0 1 2 0v5.5a4 4 0 0 1-4 4c-1.7 0-2.6-.7-3.3-2L2.6 9.3a1 1 0 0 1 1.7-1l.7 1',
  clock: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M8 5v3.2l2 1.3', hourglass: 'M4 2.5h8M4 13.5h8M5 2.5c0 3 3 3.5 3 5.5s-3 2.5-3 5.5m6-11c0 3-3 3.5-3 5.5s3 2.5 3 5.5', stop: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M6 6h4v4H6z',
  skip: 'm3 4 4.5 4L3 12zm5 0 4.5 4L8 12z', question: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M6.5 6.5a1.5 1.5 0 1 1 2 1.4c-.4.2-.5.5-.5.9M8 11v.1', search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9m3.3 7.8 3.2 3.2',
  left: 'M2.5 2v12M5 4.5h8v2.5H5zm0 5h5V12H5z', right: 'M13.5 2v12M3 4.5h8v2.5H3zm3 5h5V12H6z', centre: 'M8 2v2.5m0 2.5v2.5m0 2.5v2M4 4.5h8v2.5H4zm1.5 5h5V12h-5z', top: 'M2 2.5h12M4.5 5v8H7V5zm5 0v5H12V5z', bottom: 'M2 13.5h12M4.5 3v8H7V3zm5 3v5H12V6z',
  middle: 'M2 8h2.5M7 8h2.5M12 8h2M4.5 4v8H7V4zm5 1.5v5H12v-5z', across: 'M2.5 2v12m11-12v12M6.5 5h3v6h-3z', down: 'M2 2.5h12m-12 11h12M5 6.5v3h6v-3z', fold: 'm4 6 4 4 4-4', unfold: 'm6 4 4 4-4 4', open: 'M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 4.9-.7', pin: 'm6 2.5 5 0-.8 4.5 2.3 2H3.5l2.3-2zM8 9v4.5',
  note: 'M3 3h10v7l-3 3H3zm10 7h-3v3', plus: 'M8 3v10M3 8h10', minus: 'M3 8h10', fit: 'M3 6V3h3m4 0h3v3m0 4v3h-3m-4 0H3v-3', arrange: 'M2.5 3h4v3h-4zm7-1h4v3h-4zm0 9h4v3h-4zM6.5 4.5H8v8h1.5M8 4.5h1.5', warn: 'M8 2.5 14 13H2zM8 6.5v3M8 11v.2',
};
const ofState: Record<string, string> = { Pending: 'clock', Running: 'arc', Waiting: 'hand', Succeeded: 'check', Failed: 'cross', Skipped: 'skip', Uncertain: 'question', Cancelled: 'stop' };

export function Icon({ name }: { name: string }) {
  return (
    <svg className={name === 'arc' ? 'cv-icon spin' : 'cv-icon'} viewBox="0 0 16 16" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round">
      <path d={shapes[name] ?? shapes.question} />
    </svg>
  );
}

export const StateIcon = ({ status }: { status: string }) => <Icon name={ofState[status] ?? 'question'} />;

/** The icon of a kind on its tile. Its shapes are the server's own constants, never what somebody typed. */
export function Tile({ icon, tone, small }: { icon: string; tone: string; small?: boolean }) {
  return (
    <span className={`tile tone-${tone}${small ? ' s' : ''}`}>
      {!icon.startsWith('<') ? <Icon name={icon} /> : <svg className={small ? 'icon s' : 'icon'} viewBox="0 0 24 24" aria-hidden="true" dangerouslySetInnerHTML={{ __html: icon }} />}
    </span>
  );
}
