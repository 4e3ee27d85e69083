// What the build was made from, as one hash: contents, not dates, because a checkout sets dates anew.
import { createHash } from 'node:crypto'
import fs, { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './steps.mjs'

const inputs = ['{shared,engine,headless}/**/*.{ts,json}', 'package-lock.json', 'scripts/build.mjs']
const stamp = join(root, 'out/headless/.source-hash')

export function hashSources() {
  const hash = createHash('sha256')
  for (const file of fs.globSync(inputs, { cwd: root }).sort()) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
      .update('\0')
  }
  return hash.digest('hex')
}

/** @returns {boolean} Whether the output on disk was built from the sources as they are now. */
export const isBuilt = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === hashSources()

/** @param {string} folder @param {string} hash */
export const writeStamp = (folder, hash) => writeFileSync(join(folder, '.source-hash'), hash)
