import { fileURLToPath } from 'node:url'

import { defineConfig } from 'electron-vite'
import { mergeConfig } from 'vite'

import { slimRedis, slimUndici } from './scripts/slim-packages.mjs'
import renderer from './vite.config.ts'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const outDir = process.env['INTERLEAVE_DESKTOP_OUT'] ?? at('out/desktop')

/** What `npm run dev` serves with hot reload; a build of the page is the same one for every host. */
const page = mergeConfig(renderer, {
  root: at('renderer'),
  build: { rolldownOptions: { input: at('renderer/index.html') } },
})

export default defineConfig(({ command }) => ({
  main: {
    plugins: [slimUndici, slimRedis],
    build: {
      outDir,
      emptyOutDir: false,
      // Packages are part of the bundle: the app ships no node_modules.
      externalizeDeps: false,
      minify: false,
      reportCompressedSize: false,
      rolldownOptions: {
        input: {
          main: at('electron/main/index.ts'),
          'worker-process': at('electron/utility/worker-process.ts'),
          'worker-thread': at('electron/utility/worker-thread.ts'),
          'sqlite-writer': at('electron/utility/sqlite-writer.ts'),
          reader: at('electron/utility/reader.ts'),
          records: at('electron/utility/records.ts'),
          table: at('electron/utility/table.ts'),
        },
        // Entries in one folder: modules find each other beside themselves.
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          chunkFileNames: 'chunks/[name]-[hash].js',
          comments: { legal: true, annotation: false, jsdoc: false },
        },
      },
    },
  },
  preload: {
    build: {
      outDir,
      emptyOutDir: false,
      externalizeDeps: false,
      reportCompressedSize: false,
      rolldownOptions: {
        input: { preload: at('electron/preload/index.ts') },
        // A sandboxed page loads one script, which is no module.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  ...(command === 'serve' ? { renderer: page } : {}),
}))
