import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

import type { Comparison } from '../../../shared/model/comparison.ts'
import { documentOf, Workbench } from '../../support/cli.ts'

const CPU = ['compare', 'cpu', '--kernel', 'primes', '--tasks', '12', '--size', '1000']

describe('interleave compare', () => {
  it('measures every point in every block, in the order of its seed, and keeps it', async () => {
    await using bench = new Workbench()
    const points = ['--models', 'sequential,threads:1x2x1', '--repeats', '3', '--warmup', '0', '--seed', '5']
    const ended = await bench.run([...CPU, ...points, '--json'])
    expect(ended.code, ended.stderr).toBe(0)
    const comparison = documentOf(ended) as Comparison
    expect(comparison).toMatchObject({
      schema: 'interleave/comparison@1',
      state: 'done',
      runsDone: 6,
      runsPlanned: 6,
    })
    const runs = comparison.cells.flatMap(cell => cell.runs)
    expect(runs.map(run => run.order).toSorted()).toEqual([0, 1, 2, 3, 4, 5])
    for (const cell of comparison.cells) {
      expect(cell.runs.map(run => run.block)).toEqual([0, 1, 2])
      expect(cell.throughputPerSec).toHaveLength(3)
    }
    expect(runs.every(run => run.tasks === 12 && run.workMs > 0 && run.startMs > 0)).toBe(true)
    expect(new Set(runs.map(run => run.digest)).size).toBe(1)
    expect(comparison.ratios).toHaveLength(1)

    const listed = documentOf(await bench.run(['runs', '--json'])) as {
      readonly runs: { readonly tags: string[] }[]
    }
    expect(listed.runs.map(({ tags }) => tags[0])).toEqual(
      Array(6).fill(`compare ${comparison.comparisonId}`),
    )
    expect(existsSync(join(bench.dataDir, 'comparisons', `${comparison.comparisonId}.json`))).toBe(true)
  })

  it('loads into a file of each run’s own and leaves the destination alone', async () => {
    await using bench = new Workbench()
    bench.write('data.txt', Array.from({ length: 500 }, (_, at) => `line ${at}\n`).join(''))
    const args = [
      'compare',
      'load',
      'data.txt',
      '--to',
      'sqlite:mine.db',
      '--models',
      'loop',
      '--repeats',
      '1',
    ]
    const ended = await bench.run([...args, '--warmup', '0', '--json'])
    expect(ended.code, ended.stderr).toBe(0)
    const { cells, comparisonId } = documentOf(ended) as Comparison
    expect(cells[0]!.runs[0]!.tasks).toBe(500)
    expect(bench.has('mine.db')).toBe(false)
    expect(existsSync(join(bench.dataDir, 'comparisons', comparisonId))).toBe(false)
  })

  it('stopped by a signal shows and keeps what was measured', async () => {
    await using bench = new Workbench()
    const running = bench.start([...CPU, '--models', 'sequential,loop', '--repeats', '50', '--json'])
    await expect.poll(() => existsSync(join(bench.dataDir, 'comparisons')), { timeout: 20_000 }).toBe(true)
    running.signal('SIGINT')
    const ended = await running.ended
    expect(ended.code).toBe(130)
    expect(documentOf(ended)).toMatchObject({ state: 'stopped' })
  })

  it.each([
    [['--models', 'loop,loop'], /loop is named twice/],
    [['--models', 'fibres'], /no model and no point/],
    [[], /Nothing to compare/],
    [['--models', 'loop', '--repeats', '0'], /--repeats/],
  ])('refuses %j before it starts anything', async (flags, problem) => {
    await using bench = new Workbench()
    const ended = await bench.run([...CPU, ...flags])
    expect(ended.code).toBe(2)
    expect(ended.stderr).toMatch(problem)
    expect(existsSync(bench.dataDir)).toBe(false)
  })
})
