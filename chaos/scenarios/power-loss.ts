import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { needTool } from '../../tests/support/install-tool.ts'
import { between } from '../harness/random.ts'
import { atLeast, equal, type Scenario } from '../harness/scenario.ts'
import { losePower, recordRun } from '../storage/power-loss.ts'

const SIZES = { small: { tasks: 600, images: 20 }, full: { tasks: 12_000, images: 500 } } as const

export const powerLoss: Scenario = {
  name: 'power-loss',
  title: 'every write and sync of a run recorded, the power cut at random moments: each image opens',
  async run({ size, random, command, tell }) {
    needTool('strace')
    const { tasks, images } = SIZES[size]
    const folder = mkdtempSync(join(tmpdir(), 'interleave-power-'))
    try {
      const killAtMs = size === 'small' ? between(random, 150, 450) : between(random, 700, 3_000)
      const recording = await recordRun(folder, { command, tasks, killAtMs })
      tell(`${recording.moments.length} calls recorded`)
      const tally = await losePower(recording, random, images)
      for (const fault of tally.faults) tell(fault)
      return {
        checks: [
          equal(
            'images that do not open, contradict their results or lost more than two seconds',
            tally.faults.slice(0, 5),
            [],
          ),
          atLeast('calls recorded', recording.moments.length, images),
        ],
        figures: {
          images: tally.images,
          'from before the run existed': tally.unborn,
          'that lost work': tally.shortened,
          'most work lost, seconds': Number(tally.lostSec.toFixed(3)),
        },
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
