// Builds only the parts whose sources, lockfile or build script differ from what the output was made of.
// Usage: node scripts/build-if-needed.mjs [headless] [renderer]
import './require-node.mjs'
import { isBuilt, parts } from './source-hash.mjs'

const asked = process.argv.slice(2)
for (const part of parts) {
  const isAsked = asked.length === 0 || asked.includes(part)
  if (isAsked && !isBuilt(part)) await import(`./build-${part}.mjs`)
}
