import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atLeast, equal, type Scenario } from '../harness/scenario.ts'
import { damageRuns } from '../storage/damaged-runs.ts'

const CASES = { small: 40, full: 1_000 } as const

export const damagedRuns: Scenario = {
  name: 'damaged-runs',
  title: 'journals, segments and outputs with one flipped bit, or cut anywhere: none is believed',
  async run({ size, random, tell }) {
    const folder = mkdtempSync(join(tmpdir(), 'interleave-damaged-'))
    try {
      const { cases, refused, recovered, unharmed, faults } = await damageRuns(folder, random, CASES[size])
      for (const fault of faults) tell(fault)
      return {
        checks: [
          equal('crashes, wrong results and losses without a word', faults.slice(0, 5), []),
          atLeast('damaged files', cases, CASES[size]),
        ],
        figures: { cases, refused, 'recovered with a count': recovered, unharmed },
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
