import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { reapedCpuSec, treeRssBytes } from './process-tree.ts'

export interface Measured {
  readonly stdout: string
  readonly exitCode: number
  /** From the start of the process to its end. */
  readonly seconds: number
  /** User and system time of the process and everything it started and waited for. */
  readonly cpuSec: number
  /** Largest sum of resident bytes over the process tree, sampled ten times a second. */
  readonly peakRssBytes: number
}

export interface Command {
  readonly line: readonly [program: string, ...args: string[]]
  /** Core to run on; `null` for all. */
  readonly core: number | null
  readonly env?: Readonly<Record<string, string>>
  /** Exit codes that are no failure; 0 unless said. */
  readonly okCodes?: readonly number[]
}

const SAMPLE_MS = 100
const STDERR_SHOWN = 2_000

/**
 * Runs a command to its end and measures it. Only one may run at a time: CPU time is what this process's children
 * used meanwhile.
 *
 * @throws Error with the end of its stderr when it fails.
 */
export async function runCommand({ line, core, env, okCodes = [0] }: Command): Promise<Measured> {
  const [program, ...args] = core === null ? line : (['taskset', '-c', String(core), ...line] as const)
  const cpuBefore = reapedCpuSec()
  const startMs = performance.now()
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let peakRssBytes = 0
  const sampler = setInterval(() => {
    if (child.pid !== undefined) peakRssBytes = Math.max(peakRssBytes, treeRssBytes(child.pid))
  }, SAMPLE_MS)
  try {
    const [stdout, stderr, [exitCode]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number | null]>,
    ])
    const seconds = (performance.now() - startMs) / 1_000
    if (exitCode === null || !okCodes.includes(exitCode)) {
      throw new Error(
        `${line.join(' ')} ended with ${exitCode}: ${stderr.slice(-STDERR_SHOWN) || stdout.slice(-STDERR_SHOWN)}`,
      )
    }
    return { stdout, exitCode, seconds, cpuSec: reapedCpuSec() - cpuBefore, peakRssBytes }
  } finally {
    clearInterval(sampler)
  }
}
