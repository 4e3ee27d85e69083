import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { spoolFile, surveySpool } from '../../../engine/source/spool.ts'
import type { RunSummary } from '../../../shared/model/run.ts'
import { makeSandbox } from '../../support/cli/run-cli.ts'
import { startSite } from '../../support/site.ts'

vi.setConfig({ testTimeout: 90_000 })

const pages = (origin: string, count: number): string =>
  Array.from({ length: count }, (_, page) => `${origin}/page/${page}\n`).join('')

const lastOf = <T>(out: string): T => JSON.parse(out.trim().split('\n').at(-1)!) as T

describe.skipIf(process.platform === 'win32')('a crawl of standard input', () => {
  it('with --spool goes on after kill -9 to exactly one result a line, also those not yet handed out', async () => {
    // More than may wait for a lease: the copy runs ahead of what was handed on.
    const count = 11_000
    await using site = await startSite({ latency: { law: 'fixed', value: 10 } })
    await using sandbox = await makeSandbox()
    const started = sandbox.start('crawl - --spool --out r.jsonl --events --in-flight 32'.split(' '), {
      input: pages(site.origin, count),
    })
    const [, runId] = await started.seen(/"runId":"([^"]+)"/)
    const copy = spoolFile(join(sandbox.folder, 'data', 'runs', runId!, 'spool'), 0)
    await vi.waitFor(() => expect(surveySpool(copy)).toMatchObject({ records: count, isWhole: true }), 30_000)
    await started.seen(/"type":"tick"[^\n]*"ok":[1-9]/)
    started.child.kill('SIGKILL')
    await started.result

    const resumed = await sandbox.run('resume latest --in-flight 256 --json -q'.split(' '))
    expect(resumed.err).toBe('')
    expect(lastOf<RunSummary>(resumed.out)).toMatchObject({
      state: 'done',
      tasks: { total: count, ok: count, remaining: 0 },
    })
    const results = (await readFile(join(sandbox.folder, 'r.jsonl'), 'utf8')).trim().split('\n')
    const indexes = results.map(line => (JSON.parse(line) as { readonly index: number }).index)
    expect(indexes.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index))
  })

  it.each([
    ['without --spool', [], /standard input is read once and was not copied/],
    ['with --spool whose copy is not whole', ['--spool'], /standard input was copied \(20 records were\)/],
  ])('%s is refused at a resume', async (_title, flags, reason) => {
    await using site = await startSite()
    await using sandbox = await makeSandbox()
    const started = sandbox.start(['crawl', '-', ...flags, '--events'], { input: null })
    started.child.stdin!.write(pages(site.origin, 20))
    await started.seen(/"type":"tick"[^\n]*"ok":20/)
    started.child.kill('SIGINT')
    expect((await started.result).code).toBe(130)

    for (const again of [1, 2]) {
      const { code, out, err } = await sandbox.run('resume latest --json'.split(' '))
      expect({ again, code, error: lastOf<RunSummary>(out).error, err }).toMatchObject({
        again,
        code: 5,
        error: { code: 'E_NOT_RESUMABLE', message: expect.stringMatching(reason) },
        err: expect.stringMatching(reason),
      })
    }
    const exported = await sandbox.run('runs export latest --out r.jsonl --json'.split(' '))
    expect(lastOf(exported.out)).toMatchObject({ written: [{ records: 20 }] })
  })

  it('that is done is repeated by a resume', async () => {
    await using site = await startSite()
    await using sandbox = await makeSandbox()
    const first = await sandbox.run('crawl - --json -q'.split(' '), { input: pages(site.origin, 20) })
    const again = await sandbox.run('resume latest --json -q'.split(' '))
    expect({ code: again.code, summary: lastOf(again.out) }).toEqual({ code: 0, summary: lastOf(first.out) })
  })
})
