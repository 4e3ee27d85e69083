import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { digestTask } from '../../../../../engine/executor/kernels/digest.ts'
import { KERNEL } from '../../../../../engine/executor/kernels/registry.ts'
import { KERNELS, type KernelName } from '../../../../../shared/model/fields/cpu.ts'
import { referenceDigest } from '../../../../support/kernel-reference.ts'

const hexadecimal = (result: Uint32Array): string =>
  [result[1]!, result[0]!].map(half => half.toString(16).padStart(8, '0')).join('')

/** Digest of each `[index, size]`, by one instance of the kernel, as a worker uses it. */
function digests(name: KernelName, tasks: readonly (readonly [index: number, size: number])[]): string[] {
  const compute = KERNEL[name].make()
  const result = new Uint32Array(2)
  return tasks.map(([index, size]) => {
    compute(index, size, result)
    digestTask(index, result)
    return hexadecimal(result)
  })
}

const golden = readFileSync(new URL('../../../../fixtures/kernel-digests.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter(line => line !== '' && !line.startsWith('#'))
  .map(line => line.split(' ') as [name: KernelName, index: string, size: string, digest: string])

describe.each(KERNELS)('kernel %s', name => {
  it('gives the digests that another language computed from its definition', () => {
    const rows = golden.filter(row => row[0] === name)

    const tasks = rows.map(([, index, size]) => [Number(index), Number(size)] as const)

    expect(rows.length).toBeGreaterThan(8)
    expect(digests(name, tasks)).toEqual(rows.map(row => row[3]))
  })

  it('agrees with a slow implementation that works another way', () => {
    const tasks = [0, 2, 3, 1_000, 123_456_789].flatMap(index =>
      [1, 5, 24].map(size => [index, size] as const),
    )

    expect(digests(name, tasks)).toEqual(tasks.map(([index, size]) => referenceDigest(name, index, size)))
  })

  it('carries nothing from one task to the next', () => {
    const tasks = [
      [5, 9],
      [6, 3],
      [5, 9],
    ] as const

    const [first, , third] = digests(name, tasks)

    expect(third).toBe(first)
  })

  it('has its name, and a usual size within its limit', () => {
    const kernel = KERNEL[name]

    expect(kernel.name).toBe(name)
    expect(kernel.defaultSize).toBeLessThanOrEqual(kernel.maxSize)
  })
})

describe('the digest of a task', () => {
  it('differs when two tasks swap their results', () => {
    const digest = (index: number, low: number, high: number): string => {
      const result = Uint32Array.of(low, high)
      digestTask(index, result)
      return hexadecimal(result)
    }

    const right = [digest(1, 10, 20), digest(2, 30, 40)]
    const swapped = [digest(1, 30, 40), digest(2, 10, 20)]

    expect(new Set([...right, ...swapped]).size).toBe(4)
  })
})
