import { describe, expect, it, vi } from 'vitest'
import { runRounds, type Rounds } from '../../../../bench/harness/rounds.ts'
import type { Contender } from '../../../../bench/harness/scenario.ts'

const asked: string[] = []

/** A contender whose values are given, one a round. */
function scripted(name: string, values: readonly number[]): Contender {
  const left = [...values]
  return {
    name,
    run: async () => {
      asked.push(name)
      return { value: left.shift()!, also: { twice: 2 } }
    },
  }
}

async function measure(): Promise<Rounds> {
  asked.length = 0
  vi.spyOn(console, 'error').mockReturnValue()
  // The machine was half as fast in the second round.
  return runRounds([scripted('a', [100, 50, 110]), scripted('b', [50, 25, 55])], 3)
}

describe('runRounds', () => {
  it('lets contenders alternate', async () => {
    await measure()

    expect(asked).toEqual(['a', 'b', 'a', 'b', 'a', 'b'])
  })

  it('takes ratios inside each round, so that a slow round does not spoil them', async () => {
    const rounds = await measure()

    expect(rounds.ratio('a', 'b')).toBe(2)
  })

  it('makes a table of medians', async () => {
    const rounds = await measure()

    expect(rounds.table('pages/s', 'b')).toEqual([
      { name: 'a', 'pages/s': 100, min: 50, max: 110, 'x b': 2, twice: 2 },
      { name: 'b', 'pages/s': 50, min: 25, max: 55, 'x b': 1, twice: 2 },
    ])
  })
})
