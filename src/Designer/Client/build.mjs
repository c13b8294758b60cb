// Bundles the canvas into the folder given: one script and one style sheet.
import { build } from 'esbuild';

await build({
  entryPoints: { canvas: 'canvas/bridge.tsx' }, outdir: process.argv[2], bundle: true, minify: true, format: 'esm', target: 'es2022', jsx: 'automatic', legalComments: 'linked',
  define: { 'process.env.NODE_ENV': '"production"' }, logLevel: 'warning',
});
