/** The finaliser of MurmurHash3: a bijection of 32-bit numbers that spreads every bit. @returns 0..2^32 - 1. */
export function mix32(value: number): number {
  let hash = value | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Where a task's random numbers begin: `mix32(index + 0x9e3779b9)`, modulo 2^32. */
export const seedOf = (index: number): number => mix32(index + 0x9e3779b9)

/** Mulberry32: 32 bits of state, period 2^32, the same numbers in every language. */
export class Random {
  // Signed, so that it stays a small integer and no step allocates.
  #state: number

  /** @param seed 0..2^32 - 1. */
  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** @returns The next number, 0..2^32 - 1. */
  next(): number {
    const state = (this.#state + 0x6d2b79f5) | 0
    this.#state = state
    let hash = Math.imul(state ^ (state >>> 15), state | 1)
    hash = (hash + Math.imul(hash ^ (hash >>> 7), hash | 61)) ^ hash
    return (hash ^ (hash >>> 14)) >>> 0
  }

  /** @returns `next() % bound`: slightly uneven, exact everywhere. */
  below(bound: number): number {
    return this.next() % bound
  }
}
