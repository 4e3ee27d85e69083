import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import {
  digestsAgree,
  LoopWatch,
  measure,
  speedUpOf,
  type Measurement,
} from '../../../../../headless/cli/demo/measurement.ts'
import { demoNotes } from '../../../../../headless/cli/demo/notes.ts'
import { demoTable } from '../../../../../headless/cli/demo/demo-table.ts'
import { demoSteps, jobOfStep, pageList } from '../../../../../headless/cli/demo/steps.ts'
import { lineWidth } from '../../../../../headless/cli/terminal/line.ts'
import { en } from '../../../../../shared/locales/en.ts'
import { translator } from '../../../../../shared/locales/translate.ts'
import { parseJob } from '../../../../../shared/model/job-schema.ts'
import { decideParallelism } from '../../../../../shared/model/parallelism.ts'
import { makeSummary, makeTick, makeWorkerTick } from '../../../../support/cli/run-ticks.ts'

const t = translator(en)
const steps = demoSteps(2)

function measured(kind: string, model: string, change: Partial<Measurement> = {}): Measurement {
  const step = steps.find(each => each.kind === kind && each.model === model)!
  return {
    step,
    parallelism: { processes: 1, threads: 2, inFlight: 1, total: 2 },
    settled: step.tasks,
    failed: kind === 'crawl' && !step.isSample ? 50 : 0,
    spanMs: 1_000,
    throughputPerSec: 1_000,
    latencyMs: { p50: 25, p90: 40, p95: 48, p99: 61, max: 90 },
    digest: kind === 'cpu' ? 'abcd' : null,
    waitingRatio: 0.97,
    loopBusyRatio: 0.4,
    isWhole: true,
    load: null,
    ...change,
  }
}

const tour = (cpuThreads: number, change: Partial<Measurement> = {}): Measurement[] => [
  measured('crawl', 'sequential', { throughputPerSec: 35, settled: 80 }),
  measured('crawl', 'loop', {
    throughputPerSec: 2_100,
    parallelism: { processes: 1, threads: 1, inFlight: 64, total: 64 },
  }),
  measured('crawl', 'threads', { throughputPerSec: 2_080 }),
  measured('cpu', 'sequential', { throughputPerSec: 200 }),
  measured('cpu', 'threads', { throughputPerSec: cpuThreads, ...change }),
]

describe('what the tour says', () => {
  it('follows from its numbers', () => {
    expect(demoNotes(tour(390), 2, t)).toEqual([
      'Crawl: one loop with 64 in flight did 60.0× the work of one request at a time, since 97 % of each request’s time was waiting.',
      'Crawl: against one loop with as many in flight, which was 40 % busy, threads changed little (0.99×).',
      'CPU: 2 threads on 2 CPUs did 1.95× the work of one.',
      'CPU: every model computed the same (digest abcd).',
      '50 of 5,000 pages failed under every model: the site answers them with an error on purpose, and nothing was retried.',
      'Sequential crawled a sample of 80 pages.',
      'Times run from the first task to the last result; the site shared this machine’s CPUs.',
    ])
  })

  it('names for each model what it brought, helped or cost beyond 15 %', () => {
    const crawls = (threads: number, processes: number, hybrid: number) => [
      ...tour(390).filter(({ step }) => step.model !== 'threads'),
      measured('crawl', 'threads', { throughputPerSec: 2_100 * threads }),
      measured('crawl', 'processes', { throughputPerSec: 2_100 * processes }),
      measured('crawl', 'hybrid', { throughputPerSec: 2_100 * hybrid }),
    ]
    const start = 'Crawl: against one loop with as many in flight, which was 40 % busy, '
    expect(demoNotes(crawls(0.71, 1.3, 0.22), 2, t)).toContain(
      `${start}threads cost throughput (0.71×), processes helped (1.30×), hybrid cost throughput (0.22×).`,
    )
    expect(demoNotes(crawls(0.86, 1.14, 1.16), 2, t)).toContain(
      `${start}threads changed little (0.86×), processes changed little (1.14×), hybrid helped (1.16×).`,
    )
  })

  it('says nothing of runs that were stopped before their first task ended', () => {
    const nothing = { throughputPerSec: 0, settled: 0, isWhole: false }
    const notes = demoNotes(
      [measured('crawl', 'loop'), measured('crawl', 'hybrid', nothing), measured('cpu', 'threads', nothing)],
      2,
      t,
    )
    expect(notes.filter(note => /hybrid|threads/.test(note))).toEqual([])
  })

  it('claims no speed-up that was not there', () => {
    expect(demoNotes(tour(210), 2, t)).toContain(
      'CPU: 2 threads on 2 CPUs did only 1.05× the work of one; less than the CPUs allow.',
    )
  })

  it('says when models did not compute the same', () => {
    expect(demoNotes(tour(390, { digest: 'ffff' }), 2, t)).toContain(
      'CPU: the models did not compute the same. This is a fault of Interleave: please report it.',
    )
  })

  it('compares no digest of a run that was stopped, and says that it was', () => {
    const stopped = tour(390, { digest: 'ffff', isWhole: false })
    expect(digestsAgree(stopped)).toBeNull()
    expect(demoNotes(stopped, 2, t)).toContain(
      'This machine was slow or busy: some runs were stopped early, and count with what they had done.',
    )
  })
})

describe('the tour', () => {
  it('has the same number in flight under every crawling model but sequential', () => {
    const totals = [1, 2, 3, 8, 64].map(cpus =>
      demoSteps(cpus)
        .filter(({ kind, model }) => kind === 'crawl' && model !== 'sequential')
        .map(step => {
          const { processes, threads, inFlight } = decideParallelism(
            jobOfStep(step, '/l').parallelism,
            'crawl',
            cpus,
          )
          return processes * threads * inFlight
        }),
    )
    for (const total of totals.flat()) expect(Math.abs(total - 64)).toBeLessThanOrEqual(4)
  })

  it('makes jobs that the contract takes, over addresses of its own', () => {
    for (const step of steps) expect(parseJob(jobOfStep(step, '/tmp/list.txt'))).toBeTruthy()
    expect(pageList({ ...steps[0]!, tasks: 2 }, 'http://127.0.0.1:1')).toBe(
      'http://127.0.0.1:1/page/0?model=sequential\nhttp://127.0.0.1:1/page/1?model=sequential\n',
    )
  })

  it('shows speed-ups against the sequential run of the same kind', () => {
    const all = tour(390)
    expect(all.map(each => speedUpOf(each, all))).toEqual([null, 60, 2_080 / 35, null, 1.95])
    const text = demoTable(all, [], { columns: 120, t }).map(line => line.map(span => span.text).join(''))
    expect(text[0]).toMatch(
      /^work +model +P × T × C +tasks +throughput +p50 +p95 +p99 +failed +against sequential$/,
    )
    expect(text).toHaveLength(all.length + 2)
  })

  it('shows what there was no time for in the place of its throughput', () => {
    const notRun = steps.filter(({ kind, model }) => kind === 'cpu' && model === 'processes')
    const text = demoTable(tour(390), notRun, { columns: 120, t }).map(line =>
      line
        .map(span => span.text)
        .join('')
        .trimEnd(),
    )
    expect(text.at(-1)).toMatch(/^cpu +processes +not run: no time left$/)
    for (const line of demoTable(tour(390), notRun, { columns: 60, t })) {
      expect(lineWidth(line)).toBeLessThanOrEqual(60)
    }
  })

  it('measures from the first start to the last end, and loops only while tasks settle', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'interleave-'))
    try {
      const results = join(folder, 'results.jsonl')
      writeFileSync(results, '{"startedAtMs":500,"totalMs":20}\n{"startedAtMs":510,"totalMs":990}\n')
      const loops = new LoopWatch()
      loops.take(makeTick({ state: 'planned', workers: [makeWorkerTick(1, { loopUtilisationRatio: 1 })] }))
      loops.take(
        makeTick({
          workers: [0.2, 0.6].map(loopUtilisationRatio => makeWorkerTick(1, { loopUtilisationRatio })),
        }),
      )
      const result = await measure(steps[1]!, makeSummary(), results, loops.busyRatio)
      expect(result).toMatchObject({
        spanMs: 1_000,
        throughputPerSec: 100_000,
        settled: 100_000,
        loopBusyRatio: 0.6,
      })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
