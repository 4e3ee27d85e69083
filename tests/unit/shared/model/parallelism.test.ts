import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { MODELS, type ParallelismOptions } from '../../../../shared/model/fields/parallelism.ts'
import {
  changeParallelism,
  decideParallelism,
  parallelismDefaultsOf,
  WORKERS_LIMIT,
} from '../../../../shared/model/parallelism.ts'

const options = (chosen: Partial<ParallelismOptions>): ParallelismOptions => ({
  ...parallelismDefaultsOf('crawl'),
  ...chosen,
})

const numbers = (chosen: Partial<ParallelismOptions>, cpus = 4, kind: 'crawl' | 'cpu' = 'crawl') => {
  const { processes, threads, inFlight } = decideParallelism(options(chosen), kind, cpus)
  return [processes, threads, inFlight]
}

describe('decideParallelism', () => {
  it('decides P × T × C by model', () => {
    expect(MODELS.map(model => [model, ...numbers({ model })])).toEqual([
      ['sequential', 1, 1, 1],
      ['loop', 1, 1, 64],
      ['threads', 1, 4, 64],
      ['processes', 4, 1, 64],
      ['hybrid', 4, 2, 64],
    ])
  })

  it('has one CPU task in flight, and runs cpu jobs in processes unless told otherwise', () => {
    expect(decideParallelism(parallelismDefaultsOf('cpu'), 'cpu', 2)).toEqual({
      model: 'processes',
      processes: 2,
      threads: 1,
      inFlight: 1,
      partition: 'dynamic',
      order: 'completion',
    })
  })

  it('rounds a CPU quota up, to at least one', () => {
    const processes = [1.5, 0.2, 0, NaN, Infinity].map(cpus => numbers({ model: 'processes' }, cpus)[0])
    expect(processes).toEqual([2, 1, 1, 1, 1])
  })

  it('takes what is given where the model leaves it open', () => {
    expect(numbers({ model: 'hybrid', processes: 3, threads: 5, inFlight: 7 })).toEqual([3, 5, 7])
    expect(numbers({ model: 'loop', processes: 1, threads: 1, inFlight: 9 })).toEqual([1, 1, 9])
  })

  it.each([
    [
      { model: 'loop', threads: 4 },
      '--threads 4 contradicts --model loop, which has 1 thread in each process; use --model threads or hybrid, or leave --threads out',
    ],
    [
      { model: 'sequential', inFlight: 2 },
      '--in-flight 2 contradicts --model sequential, which has 1 task in flight; use --model loop, threads, processes or hybrid, or leave --in-flight out',
    ],
    [
      { model: 'processes', threads: 2 },
      '--threads 2 contradicts --model processes, which has 1 thread in each process; use --model threads or hybrid, or leave --threads out',
    ],
    [
      { model: 'threads', processes: 2, threads: 3 },
      '--processes 2 contradicts --model threads, which has 1 process; use --model hybrid, or leave --processes out',
    ],
  ] as const)('refuses %j, naming both flags and the models that fit', (chosen, message) => {
    expect(() => numbers(chosen)).toThrow(expect.objectContaining({ code: 'E_CONFIG', message }))
  })

  it('refuses more workers than a record can number', () => {
    expect(() => numbers({ model: 'hybrid', processes: 256, threads: 256 })).toThrow('makes 65536 workers')
  })

  it('never decides more than the model has, whatever is given', () => {
    const number = fc.option(fc.integer({ min: 1, max: 256 }))
    const chosen = fc.record({
      model: fc.constantFrom(...MODELS),
      processes: number,
      threads: number,
      inFlight: number,
    })
    fc.assert(
      fc.property(chosen, fc.double({ min: 0, max: 256, noNaN: true }), (given, cpus) => {
        let decided: readonly number[]
        try {
          decided = numbers(given, cpus)
        } catch (error) {
          expect(error).toMatchObject({ code: 'E_CONFIG' })
          return
        }
        const [processes = 0, threads = 0, inFlight = 0] = decided
        expect(Math.min(processes, threads, inFlight)).toBeGreaterThanOrEqual(1)
        expect(processes * threads).toBeLessThanOrEqual(WORKERS_LIMIT)
        expect(given.processes ?? processes).toBe(processes)
        expect(given.threads ?? threads).toBe(threads)
        expect(given.inFlight ?? inFlight).toBe(inFlight)
      }),
    )
  })
})

describe('changeParallelism', () => {
  const hybrid = options({ model: 'hybrid', processes: 2, threads: 4, inFlight: 8, order: 'input' })

  it('replaces single numbers under the same model', () => {
    expect(changeParallelism(hybrid, { inFlight: 16, threads: undefined })).toEqual({
      ...hybrid,
      inFlight: 16,
    })
  })

  it('opens the other numbers under another model', () => {
    expect(changeParallelism(hybrid, { model: 'loop' })).toEqual({
      ...hybrid,
      model: 'loop',
      processes: null,
      threads: null,
      inFlight: null,
    })
  })
})
