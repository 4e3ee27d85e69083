import { fold31 } from './digest.ts'
import type { Kernel } from './kernel.ts'
import { Random, seedOf } from './random.ts'

const MOST_STEPS = 256

/** @returns How many steps stay within radius 2, at most 256. */
function escapeSteps(real: number, imaginary: number): number {
  let x = 0
  let y = 0
  let steps = 0
  while (steps < MOST_STEPS) {
    const xx = x * x
    const yy = y * y
    if (xx + yy > 4) break
    y = 2 * x * y + imaginary
    x = xx - yy + real
    steps += 1
  }
  return steps
}

/** Folds one row of points into `result`. */
function foldRow(imaginary: number, shift: number, size: number, result: Uint32Array): void {
  const step = 2.5 / size
  for (let column = 0; column < size; column += 1) {
    const steps = escapeSteps(-2 + (column + shift) * step, imaginary)
    result[0] = (result[0]! + steps) >>> 0
    result[1] = fold31(result[1]!, steps)
  }
}

/**
 * Steps to escape for `size` × `size` points of the Mandelbrot set, at most 256 each. `dx` and `dy` are the first two
 * numbers of `Random(seedOf(index))` divided by 2^32, `step` is `2.5 / size`; point `(column, row)` is
 * `-2 + (column + dx) * step`, `-1.25 + (row + dy) * step`. From `x = y = 0`, while fewer than 256 steps are done: stop when
 * `x*x + y*y > 4`; else `y = (2*x)*y + imaginary`, `x = (x*x - y*y) + real` with the old `x` and `y`; doubles throughout.
 *
 * Over the points row by row: low is the sum of steps, high is `high * 31 + steps` from 0.
 */
export const mandelbrot: Kernel = {
  name: 'mandelbrot',
  defaultSize: 150,
  maxSize: 65_535,
  make: () => (index, size, result) => {
    const random = new Random(seedOf(index))
    const dx = random.next() / 2 ** 32
    const dy = random.next() / 2 ** 32
    const step = 2.5 / size
    result.fill(0)
    for (let row = 0; row < size; row += 1) foldRow(-1.25 + (row + dy) * step, dx, size, result)
  },
}
