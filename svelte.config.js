import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/**
 * Runes everywhere: what looks like Svelte 4 in our own files is an error, not a warning.
 * @type {import('@sveltejs/vite-plugin-svelte').SvelteConfig}
 */
export default {
  preprocess: vitePreprocess({ script: false }),
  compilerOptions: {
    runes: ({ filename }) => (filename.includes('node_modules') ? undefined : true),
  },
};
