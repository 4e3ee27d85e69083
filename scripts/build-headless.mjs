// Bundles the headless hosts into out/headless, with every package they use: the output needs no node_modules.
// Entries land flat in one folder, so that the command finds its worker files beside itself.
import './require-node.mjs'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { putInPlace } from './put-in-place.mjs'
import { hashSources, writeStamp } from './source-hash.mjs'
import { slimRedis, slimUndici } from './slim-packages.mjs'
import { root } from './steps.mjs'

const entries = {
  cli: 'headless/cli/main.ts',
  'worker-process': 'headless/entries/worker-process.ts',
  'worker-thread': 'headless/entries/worker-thread.ts',
  'sqlite-writer': 'headless/entries/sqlite-writer.ts',
  reader: 'headless/entries/reader.ts',
  records: 'headless/entries/records.ts',
  table: 'headless/entries/table.ts',
  site: 'headless/entries/site.ts',
}

const missing = Object.values(entries).filter(file => !existsSync(join(root, file)))
if (missing.length > 0) {
  console.error(`these entries do not exist: ${missing.join(', ')}`)
  process.exit(1)
}

// Loaded here, not above: it may not load on an older Node, and the first import is to say so.
const { rolldown } = await import('rolldown')

const startedMs = performance.now()
const hash = hashSources('headless')
const folder = join(root, 'out/headless')
// Written aside and moved: a command that starts meanwhile sees the old build or the new one, never half of each.
const aside = `${folder}.${process.pid}`

try {
  const bundle = await rolldown({
    cwd: root,
    input: entries,
    platform: 'node',
    transform: { target: 'node24' },
    plugins: [slimUndici, slimRedis],
    onLog: (_level, log) => {
      throw new Error(log.message)
    },
  })
  await bundle.write({
    dir: aside,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    sourcemap: false,
    comments: { legal: true, annotation: false, jsdoc: false },
  })
  await bundle.close()
  writeStamp(aside, hash)
  putInPlace(aside, folder)
} finally {
  rmSync(aside, { recursive: true, force: true })
}
console.error(`built out/headless in ${Math.round(performance.now() - startedMs)} ms`)
