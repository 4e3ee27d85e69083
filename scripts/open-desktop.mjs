// Opens the desktop app where Electron's binary is installed or can be fetched; elsewhere says so in one line and opens
// the same dashboard in the browser. The electron package is never loaded to find out: that would fetch the binary.
import './require-node.mjs'
import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { findElectron, fetchElectron } from './electron-binary.mjs'
import { root } from './steps.mjs'

const FETCH_MS = 120_000

const binary = findElectron() ?? (fetchElectron(FETCH_MS) ? findElectron() : null)
const args = process.argv.slice(2)

if (
  spawnSync(process.execPath, [join(root, 'scripts/build-if-needed.mjs')], { stdio: 'inherit' }).status !== 0
) {
  process.exitCode = 1
} else if (binary === null) {
  console.error(
    'The desktop app needs the binary of Electron, which is not here and could not be fetched: opening the dashboard in the browser.',
  )
  run(process.execPath, [join(root, 'bin/interleave.mjs'), 'serve', '--open', ...args])
} else run(binary, [join(root, 'out/desktop'), ...args])

/** @param {string} command @param {readonly string[]} words */
function run(command, words) {
  const child = spawn(command, words, { stdio: 'inherit' })
  // Ctrl-C reaches both; the child decides what it means.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined)
  child.on('error', error => {
    console.error(error.message)
    process.exitCode = 1
  })
  child.on('exit', code => (process.exitCode = code ?? 1))
}
