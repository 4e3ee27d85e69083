// Type-checks every room as a project of its own, so that a room sees only what its tsconfig.json allows.
// Usage: npm run types [room…]
import './require-node.mjs'
import fs, { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root, runSteps, tool } from './steps.mjs'

const rooms = ['shared', 'engine', 'headless', 'electron', 'electron/preload', 'renderer', 'tests', '.']
const asked = process.argv.slice(2)
const unknown = asked.filter(room => !rooms.includes(room))
if (unknown.length > 0) {
  console.error(`no such room: ${unknown.join(', ')}; there are ${rooms.join(', ')}`)
  process.exit(2)
}

const hasSources = (/** @type {string} */ room) =>
  room === '.' || (existsSync(join(root, room)) && fs.globSync(`${room}/**/*.ts`, { cwd: root }).length > 0)

/** What did not change since the last run is not checked again. @param {string} room */
const flags = room => {
  const memory = `node_modules/.cache/types/${room === '.' ? 'root' : room}.tsbuildinfo`
  return ['--incremental', '--tsBuildInfoFile', memory, '--pretty', 'false']
}

/** Components are typed by a compiler of their own, which needs the compiler of an earlier major. @param {string} room */
const compilerOf = room => tool(room === 'renderer' ? 'vue-tsc/bin/vue-tsc.js' : 'typescript-7/bin/tsc')

const steps = (asked.length > 0 ? asked : rooms)
  .filter(hasSources)
  .reverse()
  .map(room => ({ name: room, args: [compilerOf(room), '--project', room, ...flags(room)] }))

/** A file that two rooms include fails in both; it is reported once. @type {Set<string>} */
const reported = new Set()
const failed = await runSteps(steps, ({ ok, output }) => {
  if (ok) return
  for (const line of output.trimEnd().split('\n')) {
    if (!reported.has(line)) console.log(line)
    reported.add(line)
  }
})
process.exitCode = failed === 0 ? 0 : 1
