import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import { describe, expect, it, onTestFinished } from 'vitest'
import { JobError } from '../../../../shared/model/error.ts'
import type { RunSummary } from '../../../../shared/model/run.ts'
import { SettledBitmap } from '../../../../engine/journal/settled-bitmap.ts'
import { connectRecords } from '../../../../engine/records/connect-records.ts'
import type { CreateRun, OpenedRun, Records } from '../../../../engine/records/protocol.ts'
import { serveRecords } from '../../../../engine/records/records-worker.ts'
import {
  FakeWorker,
  commitOf,
  cpuJob,
  crawlJob,
  createRun,
  parallelism,
  range,
  runOptions,
} from '../../../support/records/run.ts'
import { temporaryDirectory } from '../../../support/records/temporary.ts'

interface Desk {
  readonly dataDir: string
  readonly records: Records
  readonly out: string
  readonly outputFailures: JobError[]
}

/** A records worker behind a message port, as hosts have it, but in this thread. */
function desk(dataDir = temporaryDirectory()): Desk {
  const { port1, port2 } = new MessageChannel()
  onTestFinished(() => port1.close())
  serveRecords(port2, { dataDir })
  const outputFailures: JobError[] = []
  const { records } = connectRecords(port1, { onOutputFailure: error => outputFailures.push(error) })
  return { dataDir, records, out: join(dataDir, 'results.jsonl'), outputFailures }
}

const indexesOf = (path: string): number[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => (JSON.parse(line) as { index: number }).index)

const sorted = (indexes: number[]): number[] => [...indexes].sort((a, b) => a - b)

/** Ends a run as `state`, with what `show` says of it. */
async function end({ records }: Desk, state: 'done' | 'stopped'): Promise<RunSummary> {
  const { summary } = await records.show('latest')
  await records.close({ state, summary: { ...summary, state } })
  return summary
}

/** Creates a run and settles the first tasks of it. */
async function begin(each: Desk, count: number, changes: Partial<CreateRun> = {}): Promise<OpenedRun> {
  const opened = await each.records.create(createRun(changes))
  await using worker = await FakeWorker.start(opened.directory, opened.nextSegment)
  await each.records.commit({ ...(await worker.settle(range(0, count))), total: 100 })
  return opened
}

const open = ({ records }: Desk) => records.open({ runId: 'run-1', options: null, parallelism: null })

describe('a run in the records worker', () => {
  it('has all its records in the output when it is finished', async () => {
    const each = desk()
    const opened = await each.records.create(createRun({ options: runOptions({ out: [each.out] }) }))
    await using first = await FakeWorker.start(opened.directory, 1)
    await using second = await FakeWorker.start(opened.directory, 2, first.settled)
    await each.records.commit(await first.settle(range(0, 3_000)))
    await each.records.commit(await second.settle(range(3_000, 3_010)))
    await each.records.commit({ ...(await first.settle([3_010])), total: 3_011, state: 'finishing' })
    expect(await each.records.finish()).toEqual({ out: [each.out], hasForgotten: false })
    expect(sorted(indexesOf(each.out))).toEqual(range(0, 3_011))
    const summary = await end(each, 'done')
    expect(summary).toMatchObject({ tasks: { total: 3_011, ok: 3_011, remaining: 0 }, exit: { code: 0 } })
    expect(await each.records.show('run')).toMatchObject({
      state: 'done',
      isOwned: false,
      title: 'pages.txt',
    })
  })

  it('writes records in the order of the input when asked to', async () => {
    const each = desk()
    const options = runOptions({ out: [each.out] })
    const opened = await each.records.create(createRun({ options, parallelism: parallelism('input') }))
    await using worker = await FakeWorker.start(opened.directory, 1)
    await each.records.commit(await worker.settle([3, 1, 0]))
    await each.records.finish()
    expect(indexesOf(each.out)).toEqual([0, 1])
    await each.records.commit({ ...(await worker.settle([4, 2])), state: 'finishing' })
    await each.records.finish()
    expect(indexesOf(each.out)).toEqual([0, 1, 2, 3, 4])
    await end(each, 'done')
  })

  it('goes on where it was when its process ended without a word', async () => {
    const dataDir = temporaryDirectory()
    const before = desk(dataDir)
    const options = runOptions({ out: [before.out] })
    await begin(before, 50, { options })
    await end(before, 'stopped')

    const after = desk(dataDir)
    const opened = await open(after)
    expect(opened).toMatchObject({ epoch: 2, nextSegment: 2, total: 100, state: 'stopped', summary: null })
    await using worker = await FakeWorker.start(opened.directory, opened.nextSegment)
    await after.records.commit({ ...(await worker.settle(range(50, 100))), state: 'finishing' })
    await after.records.finish()
    expect(sorted(indexesOf(after.out))).toEqual(range(0, 100))
    await end(after, 'done')
  })

  it('changes nothing when it is opened after it was done', async () => {
    const each = desk()
    await begin(each, 5, { options: runOptions({ out: [each.out] }) })
    await each.records.finish()
    const summary = await end(each, 'done')
    writeFileSync(each.out, 'mine now')
    const again = await open(each)
    expect(again).toMatchObject({ state: 'done', summary: { ...summary, state: 'done' } })
    expect(await each.records.finish()).toEqual({ out: [each.out], hasForgotten: false })
    await each.records.close({ state: 'done', summary })
    expect(readFileSync(each.out, 'utf8')).toBe('mine now')
  })

  it('leaves nothing behind when its output is refused', async () => {
    const each = desk()
    writeFileSync(each.out, 'precious')
    const refused = (out: string[]) => each.records.create(createRun({ options: runOptions({ out }) }))
    await expect(refused([each.out])).rejects.toMatchObject({ code: 'E_CONFIG' })
    await expect(refused([join(each.dataDir, 'results.txt')])).rejects.toMatchObject({ code: 'E_CONFIG' })
    const fine = join(each.dataDir, 'fine.jsonl')
    await expect(refused([fine, join(each.dataDir, 'absent', 'x.jsonl')])).rejects.toBeInstanceOf(JobError)
    expect(existsSync(fine)).toBe(false)
    expect(await each.records.list()).toEqual([])
    expect(readFileSync(each.out, 'utf8')).toBe('precious')
  })

  it('starts its output again when the order of the input is asked for later', async () => {
    const each = desk()
    const opened = await each.records.create(createRun({ options: runOptions({ out: [each.out] }) }))
    await using worker = await FakeWorker.start(opened.directory, 1)
    await each.records.commit(await worker.settle([2, 0]))
    await each.records.finish()
    await end(each, 'stopped')
    const again = await each.records.open({
      runId: 'run-1',
      options: null,
      parallelism: parallelism('input'),
    })
    await using next = await FakeWorker.start(again.directory, again.nextSegment, worker.settled)
    await each.records.commit({ ...(await next.settle([1])), state: 'finishing' })
    await each.records.finish()
    expect(indexesOf(each.out)).toEqual([0, 1, 2])
    await end(each, 'done')
  })

  it('goes on without an output that cannot be written, and says so', async () => {
    const each = desk()
    await begin(each, 5, { options: runOptions({ out: [each.out] }) })
    await each.records.finish()
    // A committed segment that is not there is the one failure that can be made on any machine.
    await each.records.commit(commitOf(new SettledBitmap(), [{ id: 8, bytes: 500 }]))
    await expect(each.records.finish()).rejects.toMatchObject({ code: 'E_JOURNAL_CORRUPT' })
    expect(each.outputFailures.map(error => error.code)).toContain('E_JOURNAL_CORRUPT')
    await end(each, 'stopped')
  })
})

describe('runs', () => {
  it('are listed newest first, with what they are about', async () => {
    const each = desk()
    await begin(each, 5)
    await end(each, 'done')
    await each.records.create(
      createRun({ runId: 'run-2', job: cpuJob(), startedAt: '2026-11-23T12:00:00.000Z' }),
    )
    expect(await each.records.list()).toMatchObject([
      { runId: 'run-2', kind: 'cpu', title: 'primes × 200', isOwned: true, state: 'planned' },
      {
        runId: 'run-1',
        kind: 'crawl',
        isOwned: false,
        state: 'done',
        tasks: { total: 100, ok: 5, remaining: 95 },
      },
    ])
    expect((await each.records.show('latest')).runId).toBe('run-2')
    await end(each, 'stopped')
  })

  it('are found by the beginning of their id when there is only one', async () => {
    const each = desk()
    for (const runId of ['abc-1', 'abd-1']) {
      await each.records.create(createRun({ runId }))
      await end(each, 'stopped')
    }
    expect((await each.records.show('abc')).runId).toBe('abc-1')
    for (const wrong of ['ab', 'x', '', '../abc-1'])
      await expect(each.records.show(wrong)).rejects.toMatchObject({ code: 'E_NOT_FOUND' })
  })

  it('are listed although one of them is broken', async () => {
    const each = desk()
    await begin(each, 5)
    await end(each, 'stopped')
    mkdirSync(join(each.dataDir, 'runs', 'broken'))
    writeFileSync(
      join(each.dataDir, 'runs', 'broken', 'run.db'),
      'not a database, for as many bytes as a header would have'.repeat(3),
    )
    mkdirSync(join(each.dataDir, 'runs', 'unborn'))
    const list = await each.records.list()
    expect(list.map(({ runId, state }) => [runId, state]).sort()).toEqual([
      ['broken', 'failed'],
      ['run-1', 'stopped'],
    ])
    expect(list.find(({ runId }) => runId === 'broken')?.title).toContain('E_JOURNAL_CORRUPT')
    await expect(each.records.show('broken')).rejects.toMatchObject({ code: 'E_JOURNAL_CORRUPT' })
  })

  it('are removed, but not while a process owns them', async () => {
    const each = desk()
    await begin(each, 5)
    await expect(each.records.remove('run-1')).rejects.toMatchObject({ code: 'E_LOCKED' })
    await end(each, 'stopped')
    expect(await each.records.remove('latest')).toEqual({ runId: 'run-1' })
    expect(readdirSync(join(each.dataDir, 'runs'))).toEqual([])
  })

  it('are found again by the same job, however it runs in parallel', async () => {
    const each = desk()
    expect(await each.records.findUnfinished(crawlJob())).toBeNull()
    await begin(each, 5)
    await end(each, 'stopped')
    const job = crawlJob()
    const reordered = {
      ...job,
      parallelism: { ...job.parallelism, model: 'threads' as const },
      crawl: { ...job.crawl },
    }
    expect(await each.records.findUnfinished(reordered)).toBe('run-1')
    expect(await each.records.findUnfinished(crawlJob({ headers: ['X-Key: secret'], insecure: true }))).toBe(
      'run-1',
    )
    expect(await each.records.findUnfinished(crawlJob({ retries: 9 }))).toBeNull()
    await open(each)
    await end(each, 'done')
    expect(await each.records.findUnfinished(job)).toBeNull()
  })
})

describe('an export', () => {
  it('holds what is committed, also of a run that goes on', async () => {
    const each = desk()
    const opened = await each.records.create(createRun())
    await using worker = await FakeWorker.start(opened.directory, 1)
    await each.records.commit(await worker.settle(range(0, 10)))
    await worker.settleUncommitted([10])
    const ask = (out: string, mode: 'create' | 'append' | 'force') =>
      each.records.exportRun({ runId: 'run-1', out, mode })
    expect(await ask(each.out, 'create')).toEqual({ records: 10 })
    expect(indexesOf(each.out)).toEqual(range(0, 10))
    await expect(ask(each.out, 'create')).rejects.toMatchObject({ code: 'E_CONFIG' })
    await ask(each.out, 'append')
    expect(indexesOf(each.out)).toEqual([...range(0, 10), ...range(0, 10)])
    await ask(each.out, 'force')
    expect(indexesOf(each.out)).toEqual(range(0, 10))
    expect(readdirSync(each.dataDir).sort()).toEqual(['results.jsonl', 'runs'])
    await end(each, 'stopped')
  })

  it.each(['.csv', '.db'])('leaves one whole file ending in %s', async ending => {
    const each = desk()
    await begin(each, 100)
    await end(each, 'stopped')
    const out = join(each.dataDir, `results${ending}`)
    expect(await each.records.exportRun({ runId: 'latest', out, mode: 'create' })).toEqual({ records: 100 })
    expect(readdirSync(each.dataDir).sort()).toEqual([`results${ending}`, 'runs'])
  })

  it('is in the order of the input when the run was, over several segments', async () => {
    const each = desk()
    const opened = await each.records.create(createRun({ parallelism: parallelism('input') }))
    await using first = await FakeWorker.start(opened.directory, 1)
    await using second = await FakeWorker.start(opened.directory, 2, first.settled)
    for (const at of [0, 10, 20]) {
      await each.records.commit(await first.settle(range(at + 5, at + 10).reverse()))
      await each.records.commit(await second.settle(range(at, at + 5)))
    }
    await each.records.exportRun({ runId: 'run-1', out: each.out, mode: 'create' })
    expect(indexesOf(each.out)).toEqual(range(0, 30))
    await end(each, 'stopped')
  })

  it('leaves the old file whole when it fails', async () => {
    const each = desk()
    const opened = await begin(each, 10)
    await end(each, 'stopped')
    writeFileSync(each.out, 'the old file')
    const segment = join(opened.directory, 'segments', '000001.seg')
    const bytes = readFileSync(segment)
    bytes[bytes.length - 1]! ^= 1
    writeFileSync(segment, bytes)
    const failing = each.records.exportRun({ runId: 'run-1', out: each.out, mode: 'force' })
    await expect(failing).rejects.toMatchObject({ code: 'E_JOURNAL_CORRUPT' })
    expect(readFileSync(each.out, 'utf8')).toBe('the old file')
    expect(readdirSync(each.dataDir).sort()).toEqual(['results.jsonl', 'runs'])
  })
})

describe('a lost records worker', () => {
  it('fails every request that is under way, and every later one', async () => {
    const { port1, port2 } = new MessageChannel()
    onTestFinished(() => port1.close())
    port2.on('message', () => undefined)
    const { records, disconnect } = connectRecords(port1)
    const waiting = records.list()
    disconnect(new JobError('E_WORKER_CRASH', 'the records worker exited with code 1'))
    await expect(waiting).rejects.toMatchObject({ code: 'E_WORKER_CRASH' })
    await expect(records.list()).rejects.toMatchObject({ code: 'E_WORKER_CRASH' })
  })
})
