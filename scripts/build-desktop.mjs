// Bundles the desktop app's main process, preload script and utility processes into out/desktop. The page is that of
// out/renderer, which every host shows.
import './require-node.mjs'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { putInPlace } from './put-in-place.mjs'
import { hashSources, writeStamp } from './source-hash.mjs'
import { root } from './steps.mjs'

const startedMs = performance.now()
const hash = hashSources('desktop')
const folder = join(root, 'out/desktop')
const aside = `${folder}.${process.pid}`
process.env['INTERLEAVE_DESKTOP_OUT'] = aside

// Loaded here, not above: it may not load on an older Node, and the first import is to say so.
const { build } = await import('electron-vite')

try {
  await build({ root, configFile: join(root, 'electron.vite.config.ts'), logLevel: 'error' })
  /** @type {{ version: string, license: string }} */
  const { version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const about = {
    name: 'interleave',
    productName: 'Interleave',
    version,
    license,
    type: 'module',
    main: 'main.js',
  }
  writeFileSync(join(aside, 'package.json'), `${JSON.stringify(about, null, 2)}\n`)
  writeStamp(aside, hash)
  putInPlace(aside, folder)
} finally {
  rmSync(aside, { recursive: true, force: true })
}
console.error(`built out/desktop in ${Math.round(performance.now() - startedMs)} ms`)
