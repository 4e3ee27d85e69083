import { expect, inject, it } from 'vitest'
import { randomOf } from '../../chaos/harness/random.ts'
import { SCENARIOS } from '../../chaos/scenarios.ts'

const SEED = 1

// The small size of `npm run chaos`. Each scenario says itself what it found.
it.each(SCENARIOS)('$name: $title', { timeout: 120_000 }, async ({ name, run }) => {
  const random = randomOf(SEED, name)
  const verdict = await run({ size: 'small', random, command: inject('command'), tell: () => undefined })
  expect(verdict.checks.filter(({ holds }) => !holds)).toEqual([])
})
