import { expect, it } from 'vitest'
import { damageRuns } from '../../../../chaos/storage/damaged-runs.ts'
import { seededRandom } from '../../../support/engine/random.ts'
import { temporaryDirectory } from '../../../support/records/temporary.ts'

it('a damaged run is taken up with what it lacks said, or refused, and never believed', async () => {
  const tally = await damageRuns(temporaryDirectory(), seededRandom(20_261_122), 60)
  expect(tally.faults).toEqual([])
  expect(Math.min(tally.refused, tally.recovered, tally.unharmed)).toBeGreaterThan(0)
})
