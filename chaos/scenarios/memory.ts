import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CommandFolder } from '../../tests/support/command-folder.ts'
import { livingMembers } from '../../tests/support/process-group.ts'
import { makeFolder } from '../harness/folder.ts'
import { atMost, equal, type Scenario } from '../harness/scenario.ts'

const SIZES = { small: [4, 32], full: [100, 2_048] } as const
const MEBIBYTE = 2 ** 20
const LINE = `${'a line of a large file, as long as lines are as a rule, '.repeat(2)}\n`
const SAMPLE_MS = 50

export const memory: Scenario = {
  name: 'memory',
  title: 'a small and a large file loaded into null:, memory as the system counts it',
  async run(context) {
    const [small, large] = SIZES[context.size]
    const peaks: number[] = []
    const codes: (number | null)[] = []
    for (const mebibytes of [small, large]) {
      await using folder = makeFolder(context)
      writeLines(folder.path('data.txt'), mebibytes)
      const command = folder.start([
        'load',
        'data.txt',
        '--to',
        'null:',
        '--model',
        'processes',
        '--processes',
        '2',
      ])
      peaks.push(await peakOf(command))
      codes.push((await command.ended).code)
      context.tell(`${mebibytes} MiB: ${peaks.at(-1)} MiB`)
    }
    const growth = Math.round((peaks[1]! / peaks[0]! - 1) * 100)
    return {
      checks: [
        equal('exit codes', codes, [0, 0]),
        // A short load ends before any heap is full.
        ...(context.size === 'full' ? [atMost('growth of the peak, percent', growth, 15)] : []),
      ],
      figures: {
        [`peak MiB at ${small} MiB`]: peaks[0]!,
        [`peak MiB at ${large} MiB`]: peaks[1]!,
        'growth %': growth,
      },
    }
  },
}

function writeLines(path: string, mebibytes: number): void {
  const block = Buffer.from(LINE.repeat(Math.floor(MEBIBYTE / LINE.length)))
  const file = openSync(path, 'w')
  for (let written = 0; written < mebibytes * MEBIBYTE; written += block.length) writeSync(file, block)
  closeSync(file)
}

/** @returns Most memory of all its processes together, in MiB; pages that they share count once for each. */
async function peakOf(command: ReturnType<CommandFolder['start']>): Promise<number> {
  let peak = 0
  while (!command.hasEnded) {
    const now = livingMembers(command.pid).reduce((sum, pid) => sum + residentKib(pid), 0)
    peak = Math.max(peak, now)
    await sleep(SAMPLE_MS)
  }
  return Math.round(peak / 1_024)
}

function residentKib(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
