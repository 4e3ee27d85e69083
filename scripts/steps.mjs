// The static checks, run side by side: each is one command that prints nothing worth reading unless it fails.
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * @typedef {{ readonly name: string, readonly args: readonly string[] }} Step
 * @typedef {{ readonly name: string, readonly ok: boolean, readonly output: string, readonly seconds: number }} StepResult
 */

/** @param {string} name @returns {string} The script behind a command in node_modules. */
export const tool = name => fileURLToPath(new URL(`../node_modules/${name}`, import.meta.url))

/** Slowest first, so that two cores finish together. @type {readonly Step[]} */
export const staticSteps = [
  { name: 'types', args: ['scripts/types.mjs'] },
  { name: 'lint', args: [tool('oxlint/bin/oxlint'), '--deny-warnings', '.'] },
  { name: 'eslint', args: [tool('eslint/bin/eslint.js'), '.', '--max-warnings=0'] },
  { name: 'format', args: [tool('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.'] },
  { name: 'unused', args: [tool('knip/bin/knip.js'), '--no-progress', '--no-config-hints'] },
  { name: 'layers', args: ['scripts/layers.mjs'] },
]

/**
 * @param {Step} step Started with the Node that runs this script.
 * @returns {Promise<StepResult>} Output and errors in the order they came.
 */
export function runStep({ name, args }) {
  const startedMs = performance.now()
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const collect = (/** @type {Buffer} */ part) => void (output += part.toString())
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.on('error', reject)
    child.on('close', code => {
      resolve({ name, ok: code === 0, output, seconds: (performance.now() - startedMs) / 1000 })
    })
  })
}

/**
 * Runs steps on as many cores as there are, and hands over each result as soon as it is there.
 *
 * @param {readonly Step[]} steps
 * @param {(result: StepResult) => void} onResult
 * @returns {Promise<number>} How many failed.
 */
export async function runSteps(steps, onResult) {
  const waiting = [...steps]
  let failed = 0
  const lane = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      const result = await runStep(step)
      if (!result.ok) failed += 1
      onResult(result)
    }
  }
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), steps.length) }, lane))
  return failed
}

/** @param {StepResult} result */
export function printResult({ name, ok, output, seconds }) {
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(8)} ${seconds.toFixed(1)} s`)
  if (!ok) console.log(output.trimEnd())
}
