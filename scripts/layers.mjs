// Proves the layers: which room imports what, and that no imports run in a circle. The rules: .dependency-cruiser.mjs
import './require-node.mjs'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { forbidden, options } from '../.dependency-cruiser.mjs'
import { root } from './steps.mjs'

// Loaded here, not above: it does not load on an older Node, and the first import is to say so.
const { cruise } = await import('dependency-cruiser')

process.chdir(root)
const rooms = ['shared', 'engine', 'headless', 'electron', 'renderer', 'tests', 'bench', 'chaos']
const present = rooms.filter(room => existsSync(join(root, room)))

const { output } = await cruise(present, {
  ...options,
  ruleSet: { forbidden },
  validate: true,
})
if (typeof output === 'string')
  throw new Error('dependency-cruiser returned text where its result object was due')

const { violations, totalCruised } = output.summary
for (const { rule, from, to, cycle } of violations) {
  const what = cycle ? [from, ...cycle.map(step => step.name)].join('\n    → ') : `${from}\n    → ${to}`
  const why = forbidden.find(each => each.name === rule.name)?.comment ?? ''
  console.log(`${rule.name}: ${why}\n    ${what}\n`)
}
console.log(
  violations.length === 0
    ? `layers hold: ${totalCruised} modules in ${present.join(', ')}`
    : `${violations.length} imports break the layers`,
)
process.exitCode = violations.length === 0 ? 0 : 1
