import { fold31 } from './digest.ts'
import type { Kernel } from './kernel.ts'
import { Random, seedOf } from './random.ts'

/** Both matrices of a product; `right` is kept transposed, so that a dot product reads two rows. */
interface Factors {
  readonly size: number
  readonly left: Float64Array
  readonly right: Float64Array
}

const makeFactors = (size: number): Factors => ({
  size,
  left: new Float64Array(size * size),
  right: new Float64Array(size * size),
})

function fill({ size, left, right }: Factors, random: Random): void {
  for (let at = 0; at < left.length; at += 1) left[at] = random.next() / 2 ** 32
  for (let row = 0; row < size; row += 1) fillColumn(right, row, size, random)
}

function fillColumn(right: Float64Array, row: number, size: number, random: Random): void {
  for (let column = 0; column < size; column += 1) right[column * size + row] = random.next() / 2 ** 32
}

function dot(left: Float64Array, leftAt: number, right: Float64Array, rightAt: number, size: number): number {
  let sum = 0
  for (let at = 0; at < size; at += 1) sum += left[leftAt + at]! * right[rightAt + at]!
  return sum
}

const cell = new Float64Array(1)
const cellWords = new Uint32Array(cell.buffer)

/** Folds one row of the product into `result`, by the words of each double. */
function foldRow({ size, left, right }: Factors, row: number, result: Uint32Array): void {
  for (let column = 0; column < size; column += 1) {
    cell[0] = dot(left, row * size, right, column * size, size)
    result[0] = fold31(result[0]!, cellWords[0]!)
    result[1] = fold31(result[1]!, cellWords[1]!)
  }
}

/**
 * The product of two `size` × `size` matrices of doubles. Elements are numbers of `Random(seedOf(index))` divided by
 * 2^32, drawn row by row, the left matrix first. Each element of the product is `0 + l0 * r0 + l1 * r1 + …`, products and
 * sums rounded one by one in this order (no fused operation).
 *
 * Over the elements row by row: low is `low * 31 + w` from 0 with `w` the less significant 32 bits of the IEEE double,
 * high the same with the more significant 32 bits.
 */
export const matrix: Kernel = {
  name: 'matrix',
  defaultSize: 128,
  maxSize: 2_048,
  make: () => {
    let factors = makeFactors(0)
    return (index, size, result) => {
      if (factors.size !== size) factors = makeFactors(size)
      fill(factors, new Random(seedOf(index)))
      result.fill(0)
      for (let row = 0; row < size; row += 1) foldRow(factors, row, result)
    }
  },
}
