import { seededRandom } from '../../tests/support/engine/random.ts'

/** @returns The random numbers of one scenario: it sees the same ones whichever others run before it. */
export function randomOf(seed: number, scenario: string): () => number {
  let mixed = seed
  for (const letter of scenario) mixed = (Math.imul(mixed, 31) + letter.codePointAt(0)!) >>> 0
  return seededRandom(mixed)
}

/** @returns Random numbers of their own, for faults that happen beside others. */
export const branchOf = (random: () => number): (() => number) => seededRandom(Math.floor(random() * 2 ** 32))

/** @returns A whole number from `least` to `most`. */
export const between = (random: () => number, least: number, most: number): number =>
  least + Math.floor(random() * (most - least + 1))

/** @returns One of these. @throws Error when there is none. */
export function oneOf<T>(random: () => number, choices: readonly T[]): T {
  if (choices.length === 0) throw new Error('nothing to choose from')
  return choices[Math.floor(random() * choices.length)]!
}
