import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

export default defineConfig({
  root: 'renderer',
  publicDir: 'public',
  plugins: [vue({ features: { optionsAPI: false } })],
  define: { __VUE_PROD_DEVTOOLS__: false },
  build: {
    outDir: '../out/renderer',
    emptyOutDir: true,
    target: 'chrome140',
    // Fonts and pictures in the bundle would need data: URLs, which the page's policy allows for pictures only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_500,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // Together, so that what keeps schemas from being compiled runs before any schema of another chunk is made.
          groups: [{ name: 'schemas', test: /node_modules[\\/]zod[\\/]|interpret-schemas/ }],
        },
      },
    },
  },
})
