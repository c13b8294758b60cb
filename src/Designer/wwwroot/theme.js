// Runs before the first paint: the theme that was chosen, or the system's.
(() => {
  const root = document.documentElement;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const chosen = () => document.cookie.match(/(?:^|; )theme=(light|dark)/)?.[1];
  const apply = () => { root.dataset.theme = chosen() ?? (dark.matches ? 'dark' : 'light'); };
  dark.addEventListener('change', apply);
  globalThis.theme = {
    get: () => chosen() ?? 'system',
    set: value => {
      document.cookie = value === 'system' ? 'theme=; max-age=0; path=/; samesite=lax' : `theme=${value}; max-age=31536000; path=/; samesite=lax`;
      apply();
    },
  };
  apply();
  document.cookie = `zone=${encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone)}; max-age=31536000; path=/; samesite=lax`;
})();
