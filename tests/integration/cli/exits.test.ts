import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Workbench } from '../../support/cli.ts'
import { listOf } from '../../support/crawl-list.ts'
import { startSite, type Site } from '../../support/site.ts'

const GOOD = 45

let bench: Workbench
let site: Site

beforeAll(async () => {
  bench = new Workbench()
  site = await startSite()
  const bad = Array.from({ length: 4 }, (_, page) => `${site.origin}/none/${page}\n`).join('')
  bench.write('pages.txt', `${listOf(site.origin, GOOD)}${bad}http://127.0.0.1:1/\n`)
  bench.write('good.txt', listOf(site.origin, GOOD))
})

afterAll(async () => {
  await bench[Symbol.asyncDispose]()
  await site[Symbol.asyncDispose]()
})

const crawl = (list: string, ...flags: string[]) => bench.runJson(['crawl', list, '--retries', '0', ...flags])

describe('the exit code', () => {
  it('is 3 when tasks failed, with the errors grouped by class', async () => {
    const { code, summary, stderr } = await crawl('pages.txt')

    expect({ code, errors: summary.errors.map(({ code, count }) => [code, count]) }).toEqual({
      code: 3,
      errors: [
        ['E_HTTP_STATUS', 4],
        ['E_CONNECT', 1],
      ],
    })
    expect(stderr).toContain('exit 3: 5 of 50 tasks failed')
    expect(stderr).toContain('Accept more statuses with --ok-status')
  })

  it.each([
    ['5', 0],
    ['4', 3],
    ['10%', 0],
    ['9.9%', 3],
    ['0', 3],
    ['100%', 0],
  ])('with --allow-failures %s for 5 failures of 50 is %d', async (allowance, expected) => {
    const { code, summary } = await crawl('pages.txt', '--allow-failures', allowance)
    expect({ code, exit: summary.exit.code, failed: summary.tasks.failed }).toEqual({
      code: expected,
      exit: expected,
      failed: 5,
    })
  })

  it('follows --ok-status, which decides what counts as failed', async () => {
    const accepted = await crawl('pages.txt', '--ok-status', '200,404', '--allow-failures', '1')
    const narrowed = await crawl('good.txt', '--ok-status', '404')

    expect([accepted.code, accepted.summary.tasks.ok]).toEqual([0, GOOD + 4])
    expect([narrowed.code, narrowed.summary.tasks.failed]).toEqual([3, GOOD])
  })

  it.each([
    [['p95<1h'], 0],
    [['p95<0.001ms'], 4],
    [['failed<1%', 'p50<1h'], 0],
    [['throughput>100000/s'], 4],
  ])('with --assert %s is %d', async (asserts, expected) => {
    const { code, summary } = await crawl('good.txt', ...asserts.flatMap(text => ['--assert', text]))

    expect({ code, exit: summary.exit.code, ok: summary.tasks.ok }).toEqual({
      code: expected,
      exit: expected,
      ok: GOOD,
    })
    if (expected === 4) expect(summary.exit.reason).toContain(asserts[0]!.split(/[<>]/)[0])
  })

  it('is 4 rather than 3 when an assert is broken and tasks failed', async () => {
    const { code } = await crawl('pages.txt', '--assert', 'failed<1%')
    expect(code).toBe(4)
  })

  it('counts skipped tasks as no failure', async () => {
    bench.write('doubles.txt', listOf(site.origin, 3).repeat(2))
    const { code, summary } = await crawl('doubles.txt', '--unique')
    expect({ code, ok: summary.tasks.ok, skipped: summary.tasks.skipped }).toEqual({
      code: 0,
      ok: 3,
      skipped: 3,
    })
  })
})
