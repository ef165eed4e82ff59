import { defineConfig } from 'vite';
import { bootstrapParts } from './bootstrap-parts.ts';

// Whoever builds from a test or a development shell builds for people all the same.
process.env['NODE_ENV'] = 'production';

export default defineConfig({
  root: import.meta.dirname ?? new URL('.', import.meta.url).pathname,
  plugins: [bootstrapParts()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    // A data: URL would need an exception in the content security policy.
    assetsInlineLimit: 0,
    // The switch and the exchange are on one origin: nothing is gained by preloading chunks of another role.
    modulePreload: { polyfill: false },
  },
});
