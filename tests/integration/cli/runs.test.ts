import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, it, vi } from 'vitest'

import type { RunEntry, RunSummary } from '../../../shared/model/run.ts'
import { makeSandbox } from '../../support/cli/run-cli.ts'
import { startSite } from '../../support/site.ts'

// Some of these start half a dozen commands, one after the other.
vi.setConfig({ testTimeout: 90_000 })

const summaryOf = (out: string): RunSummary => JSON.parse(out.trim().split('\n').at(-1)!) as RunSummary

const pages = (origin: string, count: number): string =>
  Array.from({ length: count }, (_, page) => `${origin}/page/${page}\n`).join('')

const indexesIn = async (file: string): Promise<number[]> =>
  (await readFile(file, 'utf8'))
    .trim()
    .split('\n')
    .map(line => (JSON.parse(line) as { readonly index: number }).index)
    .sort((a, b) => a - b)

const allOf = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

describe('crawl', () => {
  it('writes one result a line and one document', async () => {
    await using site = await startSite()
    await using sandbox = await makeSandbox()
    await writeFile(join(sandbox.folder, 'urls.txt'), pages(site.origin, 300))
    const { code, out, err } = await sandbox.run('crawl urls.txt --out r.jsonl --json --quiet'.split(' '))
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(summaryOf(out)).toMatchObject({
      schema: 'interleave/summary@1',
      state: 'done',
      tasks: { total: 300, ok: 300, remaining: 0 },
      out: [join(sandbox.folder, 'r.jsonl')],
      exit: { code: 0 },
    })
    expect(await indexesIn(join(sandbox.folder, 'r.jsonl'))).toEqual(allOf(300))
  })

  it('reads a pipe and writes a pipe, with nothing but results on standard output', async () => {
    await using site = await startSite()
    await using sandbox = await makeSandbox()
    const { code, out, err } = await sandbox.run(['crawl', '-', '--out', '-'], {
      input: pages(site.origin, 20),
    })
    expect(code).toBe(0)
    const results = out.trim().split('\n')
    expect(results.map(line => (JSON.parse(line) as { ok: boolean }).ok)).toEqual(allOf(20).map(() => true))
    expect(err).toContain('cannot be resumed')
  })

  it('exits with 3 when tasks failed, unless they are allowed', async () => {
    await using sandbox = await makeSandbox()
    const args = 'crawl http://127.0.0.1:1/ --retries 0 --json -q'.split(' ')
    const [failed, allowed] = await Promise.all([
      sandbox.run(args),
      sandbox.run([...args, '--allow-failures', '1']),
    ])
    expect([failed.code, allowed.code]).toEqual([3, 0])
    expect(summaryOf(failed.out).errors).toMatchObject([{ code: 'E_CONNECT', count: 1 }])
  })

  it('exits with 4 when an assert does not hold', async () => {
    await using sandbox = await makeSandbox()
    const { code, out } = await sandbox.run('cpu --tasks 2 --assert failed>0 --json -q'.split(' '))
    expect({ code, exit: summaryOf(out).exit.code }).toEqual({ code: 4, exit: 4 })
  })

  it('ends in order, resumable, when the reader of standard output goes away', async () => {
    await using site = await startSite({ latency: { law: 'fixed', value: 20 } })
    await using sandbox = await makeSandbox()
    const started = sandbox.start(['crawl', '-', '--spool', '--out', '-'], {
      input: pages(site.origin, 20_000),
    })
    await once(started.child.stdout!, 'data')
    started.child.stdout!.destroy()
    const { code, err } = await started.result
    expect(code).toBe(5)
    expect(err).toMatch(/interleave resume \d{8}-\d{6}-\w+/)
  })
})

describe.skipIf(process.platform === 'win32')('a run that is stopped', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 143],
  ] as const)(
    'by %s exits with %i and goes on with resume to exactly one result a task',
    async (signal, exit) => {
      const count = 3_000
      await using site = await startSite({ latency: { law: 'fixed', value: 40 } })
      await using sandbox = await makeSandbox()
      await writeFile(join(sandbox.folder, 'urls.txt'), pages(site.origin, count))
      const started = sandbox.start('crawl urls.txt --out r.jsonl --events'.split(' '))
      await started.seen(/"type":"tick"[^\n]*"ok":[1-9]/)
      started.child.kill(signal)
      const stopped = await started.result
      expect(stopped.code).toBe(exit)
      const summary = summaryOf(stopped.out)
      expect(summary).toMatchObject({
        state: 'stopped',
        exit: { code: exit, reason: `stopped by ${signal}` },
      })
      expect(stopped.err).toContain(`interleave resume ${summary.runId}`)

      const resumed = await sandbox.run('resume latest --in-flight 128 --json -q'.split(' '))
      expect(resumed.code).toBe(0)
      expect(summaryOf(resumed.out)).toMatchObject({
        runId: summary.runId,
        state: 'done',
        tasks: { total: count, ok: count, remaining: 0 },
        parallelism: { inFlight: 128 },
      })
      expect(await indexesIn(join(sandbox.folder, 'r.jsonl'))).toEqual(allOf(count))
    },
  )

  it('goes on with the same command and --resume, and repeats its end when it is done', async () => {
    await using sandbox = await makeSandbox()
    const args = 'cpu --kernel sha256 --tasks 800 --model threads --threads 2 --resume --json'.split(' ')
    const started = sandbox.start([...args, '--events'])
    await started.seen(/"type":"tick"[^\n]*"ok":[1-9]/)
    started.child.kill('SIGINT')
    expect((await started.result).code).toBe(130)
    const resumed = await sandbox.run([...args, '-q'])
    expect(resumed.code).toBe(0)
    const whole = await sandbox.run('cpu --kernel sha256 --tasks 800 --json -q'.split(' '))
    expect(summaryOf(resumed.out).digest).toBe(summaryOf(whole.out).digest)

    const { runId } = summaryOf(resumed.out)
    const again = await sandbox.run(['resume', runId, '--json', '-q'])
    expect({ code: again.code, summary: summaryOf(again.out) }).toEqual({
      code: 0,
      summary: summaryOf(resumed.out),
    })
  })
})

describe('runs', () => {
  it('are listed, shown, exported and deleted', async () => {
    await using sandbox = await makeSandbox()
    const { out } = await sandbox.run('cpu --tasks 50 --json -q'.split(' '))
    const { runId } = summaryOf(out)

    const list = JSON.parse((await sandbox.run(['runs', '--json'])).out) as { runs: RunEntry[] }
    expect(list.runs.map(run => [run.runId, run.state, run.isOwned])).toEqual([[runId, 'done', false]])
    const shown = await sandbox.run(['runs', 'show', 'latest', '--json'])
    expect(JSON.parse(shown.out)).toMatchObject({ schema: 'interleave/run@1', runId, kind: 'cpu' })
    expect((await sandbox.run(['runs', 'show', runId.slice(0, 17)])).out).toContain('50 ok')

    const exported = await sandbox.run(['runs', 'export', runId, '--out', 'r.jsonl', '--json'])
    expect(JSON.parse(exported.out)).toMatchObject({ runId, written: [{ records: 50 }] })
    expect(await indexesIn(join(sandbox.folder, 'r.jsonl'))).toEqual(allOf(50))

    const deleted = await sandbox.run(['runs', 'delete', runId, '--json'])
    expect(JSON.parse(deleted.out)).toEqual({ schema: 'interleave/deleted@1', runId })
    expect((await sandbox.run(['runs', 'show', runId])).code).toBe(2)
    expect(JSON.parse((await sandbox.run(['runs', '--json'])).out)).toEqual({
      schema: 'interleave/runs@1',
      runs: [],
    })
  })

  it('of a saved job do what the command did that saved it', async () => {
    await using sandbox = await makeSandbox()
    const saved = await sandbox.run('cpu --tasks 30 --kernel json --save job.ilv.json'.split(' '))
    expect({ code: saved.code, out: saved.out }).toEqual({ code: 0, out: '' })
    const { code, out } = await sandbox.run('run job.ilv.json --model threads --json -q'.split(' '))
    expect(code).toBe(0)
    expect(summaryOf(out)).toMatchObject({ kind: 'cpu', model: 'threads', tasks: { ok: 30 } })
  })
})
