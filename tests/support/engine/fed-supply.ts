import { Supply } from '../../../engine/plan/supply.ts'
import type { LeaseData, RangeInput } from '../../../engine/worker/protocol.ts'

/** One input as the reader tells of it. */
export type FedInput =
  | { readonly kind: 'indexes'; readonly count: number }
  /** A file with a mark each `every` records, told in blocks of `block` marks; ten bytes a record. */
  | { readonly kind: 'marks'; readonly count: number; readonly every: number; readonly block: number }
  /** Records in batches of these sizes. */
  | { readonly kind: 'batches'; readonly counts: readonly number[] }

const inputNamed = (path: string): RangeInput => ({ path, sizeBytes: 1e9, format: 'list', field: null })

/** @returns The steps in which a supply of these inputs grows, its end included, and how many tasks there are. */
export function feedSteps(inputs: readonly FedInput[]): {
  steps: ((supply: Supply) => void)[]
  total: number
} {
  const steps: ((supply: Supply) => void)[] = []
  let next = 0
  for (const [at, input] of inputs.entries()) {
    const first = next
    if (input.kind === 'indexes') {
      steps.push(supply => supply.addIndexes(input.count))
      next += input.count
    } else if (input.kind === 'batches') {
      for (const count of input.counts) {
        const batchFirst = next
        steps.push(supply => supply.addBatch(batchFirst, count, new Uint8Array(count)))
        next += count
      }
    } else {
      const { count, every, block } = input
      steps.push(supply => supply.addRange(inputNamed(`${at}`), first, false))
      const marks: number[] = []
      for (let index = 0; index < count; index += every) marks.push(index * 10, first + index, index + 1)
      for (let from = 0; from < marks.length; from += block * 3) {
        steps.push(supply => supply.addMarks(Float64Array.from(marks.slice(from, from + block * 3))))
      }
      next += count
      const end = next
      steps.push(supply => supply.endRange(end))
    }
  }
  const total = next
  steps.push(supply => supply.endAll(total))
  return { steps, total }
}

/** @returns A supply of a single file that is told about without marks. */
export function wholeSupply(): Supply {
  const supply = new Supply()
  supply.addRange(inputNamed('whole'), 0, true)
  supply.endAll(null)
  return supply
}

/** @returns Whether a worker that reads from there finds the record of `first` and can read up to `end`. */
export function leadsTo(data: LeaseData, first: number, end: number | null): boolean {
  if (data.type === 'none') return true
  if (data.type === 'batch')
    return data.firstIndex <= first && (end ?? 0) <= data.firstIndex + data.payload.length
  // Ten bytes a record, so the byte tells which record of the file begins there.
  const recordOfByte = data.byteStart / 10
  const isStart = recordOfByte + 1 === data.lineAtStart && data.indexAtStart <= first
  const recordsWanted = (end ?? first) - data.indexAtStart
  return isStart && (data.byteEnd === undefined || data.byteEnd >= data.byteStart + recordsWanted * 10)
}
