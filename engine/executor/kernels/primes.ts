import type { Kernel } from './kernel.ts'
import { seedOf } from './random.ts'

const FIRST = 2 ** 20

/** Trial division by odd numbers, on purpose: a loop of whole numbers and nothing else. @param n Below 2^31. */
function isPrime(n: number): boolean {
  if (n % 2 === 0) return n === 2
  for (let divisor = 3; divisor * divisor <= n; divisor += 2) {
    if (n % divisor === 0) return false
  }
  return n > 1
}

/**
 * Primes among `size` consecutive numbers, beginning at `2^20 + seedOf(index) % 2^20`.
 *
 * Low: how many there are. High: their sum modulo 2^32.
 */
export const primes: Kernel = {
  name: 'primes',
  defaultSize: 32_000,
  maxSize: 1_000_000_000,
  make: () => (index, size, result) => {
    // A bit mask, because `%` on a number above 2^31 gives a double, and with it every division below would be one of doubles.
    const first = FIRST + (seedOf(index) & (FIRST - 1))
    let count = 0
    let sum = 0
    for (let n = first; n < first + size; n += 1) {
      if (!isPrime(n)) continue
      count += 1
      sum = (sum + n) >>> 0
    }
    result[0] = count
    result[1] = sum
  },
}
