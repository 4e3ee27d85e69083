// Bundles the dashboard into out/renderer: a page, its scripts and styles, and nothing else to be served.
import './require-node.mjs'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { listPages } from './list-pages.mjs'
import { putInPlace } from './put-in-place.mjs'
import { hashSources, writeStamp } from './source-hash.mjs'
import { root } from './steps.mjs'

// Loaded here, not above: it may not load on an older Node, and the first import is to say so.
const { build } = await import('vite')

const startedMs = performance.now()
const hash = hashSources('renderer')
const folder = join(root, 'out/renderer')
const aside = `${folder}.${process.pid}`
try {
  await build({
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: aside, emptyOutDir: true },
  })
  listPages(aside)
  writeStamp(aside, hash)
  putInPlace(aside, folder)
} finally {
  rmSync(aside, { recursive: true, force: true })
}
console.error(`built out/renderer in ${Math.round(performance.now() - startedMs)} ms`)
