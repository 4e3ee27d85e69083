import { expect, inject, it } from 'vitest'
import { randomOf } from '../../chaos/harness/random.ts'
import type { Scenario } from '../../chaos/harness/scenario.ts'
import { SCENARIOS } from '../../chaos/scenarios.ts'

const SEED = 1
const LIMITS = { timeout: 120_000 }

/** These mostly wait, and nothing in them is timed to the second: together they take as long as one. */
const WAITING = ['frozen-worker', 'redis-stopped', 'frozen-machine']

const isWaiting = ({ name }: Scenario): boolean => WAITING.includes(name)

/** The small size of `npm run chaos`. Each scenario says itself what it found. */
async function expectHeld({ name, run }: Scenario): Promise<void> {
  const random = randomOf(SEED, name)
  const verdict = await run({ size: 'small', random, command: inject('command'), tell: () => undefined })
  expect(verdict.checks.filter(({ holds }) => !holds)).toEqual([])
}

it.each(SCENARIOS.filter(scenario => !isWaiting(scenario)))('$name: $title', LIMITS, expectHeld)

it.concurrent.each(SCENARIOS.filter(isWaiting))('$name: $title', LIMITS, expectHeld)
