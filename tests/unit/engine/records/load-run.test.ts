import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type {
  DestinationControl,
  DestinationKind,
  Reconciled,
} from '../../../../engine/destination/destination.ts'
import { SettledBitmap } from '../../../../engine/journal/settled-bitmap.ts'
import type { CreateRun, OpenedRun } from '../../../../engine/records/protocol.ts'
import { RecordsService } from '../../../../engine/records/records-service.ts'
import { COUNTER } from '../../../../shared/model/counters.ts'
import { JobError } from '../../../../shared/model/error.ts'
import type { RunState } from '../../../../shared/model/run.ts'
import { loadJob, LoadWorker } from '../../../support/records/load.ts'
import { createRun, parallelism, runOptions } from '../../../support/records/run.ts'
import { temporaryDirectory } from '../../../support/records/temporary.ts'

const REDIS = 'redis://127.0.0.1/0'

/** A records worker whose destination says what the test wants. */
function desk() {
  const dataDir = temporaryDirectory()
  const control = {
    begin: vi.fn<DestinationControl['begin']>().mockResolvedValue('server-1'),
    reconcile: vi.fn<DestinationControl['reconcile']>(),
    end: vi.fn<DestinationControl['end']>().mockResolvedValue(undefined),
    close: vi.fn<DestinationControl['close']>().mockResolvedValue(undefined),
  }
  const openControl = vi.fn<NonNullable<DestinationKind['openControl']>>().mockResolvedValue(control)
  const service = new RecordsService({
    dataDir,
    nowMs: () => performance.now(),
    loadDestination: target =>
      Promise.resolve({
        kind: target.kind,
        openControl: target.kind === 'redis' ? openControl : null,
        openWriter: () => Promise.reject(new Error('nobody writes here')),
      }),
    onOutputFailure: () => undefined,
  })
  onTestFinished(() => service.close({ state: 'stopped', summary: null as never }).catch(() => undefined))
  const holds = (next: number, given: Partial<Reconciled> = {}): void => {
    control.reconcile.mockResolvedValue({
      identity: 'server-1',
      spans: [{ first: 0, step: 1, next }],
      mayHaveForgotten: false,
      ...given,
    })
  }
  const create = (changes: Partial<CreateRun> = {}): Promise<OpenedRun> =>
    service.create(createRun({ job: loadJob({ to: REDIS }), ...changes }))
  const open = (): Promise<OpenedRun> => service.open({ runId: 'run-1', options: null, parallelism: null })
  const close = async (state: RunState = 'stopped'): Promise<void> => {
    const { summary } = await service.show('run-1')
    await service.close({ state, summary: { ...summary, state } })
  }
  return {
    dataDir,
    rejects: join(dataDir, 'rejects.jsonl'),
    service,
    control,
    openControl,
    holds,
    create,
    open,
    close,
  }
}

const linesOf = (path: string): { index: number; message: string }[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as { index: number; message: string })

const E_DOWN = new JobError('E_DEST_DOWN', 'nobody answers')

describe('the destination of a load', () => {
  it('is begun before anything else, with the secrets that nothing keeps', async () => {
    const { create, openControl, control, service } = desk()
    await create({ secrets: { redisPassword: 'open sesame', headers: [] } })
    expect(openControl.mock.calls[0]![0]).toMatchObject({
      runId: 'run-1',
      options: { to: REDIS },
      pass: 'write',
      secrets: { redisPassword: 'open sesame', headers: [] },
    })
    expect(control.begin).toHaveBeenCalledOnce()
    expect(JSON.stringify(await service.show('run-1'))).not.toContain('sesame')
  })

  it('leaves nothing to resume when it cannot be begun', async () => {
    const { create, control, service, rejects } = desk()
    control.begin.mockRejectedValue(E_DOWN)
    await expect(create({ options: runOptions({ rejects }) })).rejects.toMatchObject({ code: 'E_DEST_DOWN' })
    expect([await service.list(), control.end.mock.calls.length, control.close.mock.calls.length]).toEqual([
      [],
      0,
      1,
    ])
  })

  it('is cleaned up again when the run cannot begin for another reason', async () => {
    const { create, control, dataDir } = desk()
    const rejects = join(dataDir, 'no', 'such', 'folder', 'rejects.jsonl')
    writeFileSync(join(dataDir, 'no'), '')
    await expect(create({ options: runOptions({ rejects }) })).rejects.toThrow()
    expect(control.end).toHaveBeenCalledOnce()
  })

  it.each(['dry run', 'comparison'])('is not asked in a %s', async what => {
    const { create, openControl } = desk()
    const isDry = what === 'dry run'
    const job = loadJob({ to: REDIS, dryRun: isDry })
    await create({ job, options: runOptions({ pass: isDry ? 'write' : 'verify' }) })
    expect(openControl).not.toHaveBeenCalled()
  })

  it('is compared when the run goes on, and both agree as a rule', async () => {
    const { create, open, close, holds, control, service } = desk()
    const { directory } = await create()
    await using worker = await LoadWorker.start(directory, 1)
    await service.commit(await worker.settle([0, 100]))
    await close()
    holds(120)
    const opened = await open()
    expect(control.reconcile.mock.calls).toEqual([['server-1']])
    expect(SettledBitmap.fromBytes(opened.settled).count).toBe(100)
  })

  it('is not there: the run stays as it is', async () => {
    const { create, open, close, control } = desk()
    await create()
    await close()
    control.reconcile.mockRejectedValueOnce(E_DOWN)
    await expect(open()).rejects.toMatchObject({ code: 'E_DEST_DOWN' })
    control.reconcile.mockResolvedValueOnce({ identity: 'server-1', spans: [], mayHaveForgotten: false })
    expect(await open()).toMatchObject({ epoch: 3 })
  })

  it('was changed by somebody: the run does not go on', async () => {
    const { create, open, close, holds, service } = desk()
    const { directory } = await create()
    await using worker = await LoadWorker.start(directory, 1)
    await service.commit(await worker.settle([0, 100]))
    await close()
    holds(60)
    await expect(open()).rejects.toMatchObject({
      code: 'E_SRC_CHANGED',
      message: expect.stringContaining('destination changed: it does not know of 40 records') as string,
    })
    expect(await service.show('run-1')).toMatchObject({ tasks: { ok: 100 } })
  })

  it('has forgotten: tasks, counts and rejects go back to what it holds', async () => {
    const { create, open, close, holds, service, rejects, control } = desk()
    const { directory } = await create({ options: runOptions({ rejects }) })
    await using worker = await LoadWorker.start(directory, 1)
    const failed = [10, 70, 71].map(index => ({ index, message: `bad ${index}` }))
    await service.commit(await worker.settle([0, 100], failed))
    await service.finish()
    expect(linesOf(rejects).map(({ index }) => index)).toEqual([10, 70, 71])
    await close()

    holds(60, { identity: 'server-2', mayHaveForgotten: true })
    const opened = await open()
    expect(SettledBitmap.fromBytes(opened.settled).nextUnset(0)).toBe(60)
    expect([COUNTER.ok, COUNTER.failed].map(at => opened.counters[at])).toEqual([59, 1])
    expect(opened.errors).toEqual([{ code: 'E_ENCODING', count: 1, sample: 'a sample' }])

    await using next = await LoadWorker.start(directory, opened.nextSegment, {
      settled: SettledBitmap.fromBytes(opened.settled),
      counts: { ok: 59, failed: 1, skipped: 0, quarantined: 0 },
    })
    await service.commit(await next.settle([60, 100], [{ index: 71, message: 'bad again' }]))
    await service.finish()
    expect(linesOf(rejects).map(({ index, message }) => [index, message])).toEqual([
      [10, 'bad 10'],
      [71, 'bad again'],
    ])
    const out = `${rejects}.export.jsonl`
    expect(await service.exportRun({ runId: 'run-1', out, mode: 'create' })).toEqual({ records: 2 })
    expect(linesOf(out).map(({ index }) => index)).toEqual([10, 71])
    await close()
    holds(100, { identity: 'server-2' })
    await open()
    expect(control.reconcile.mock.lastCall).toEqual(['server-2'])
  })

  it('takes the file of rejects along when nothing of it is left', async () => {
    const { create, open, close, holds, service, rejects } = desk()
    const { directory } = await create({ options: runOptions({ rejects }) })
    await using worker = await LoadWorker.start(directory, 1)
    await service.commit(await worker.settle([0, 10], [{ index: 5 }]))
    await service.finish()
    expect(existsSync(rejects)).toBe(true)
    await close()
    holds(0, { mayHaveForgotten: true })
    await open()
    expect(existsSync(rejects)).toBe(false)
  })

  it('cannot forget tasks that never got there', async () => {
    const { create, open, close, holds, service } = desk()
    const { directory } = await create()
    await using worker = await LoadWorker.start(directory, 1)
    await service.commit(
      await worker.settle([0, 11], [{ index: 10, outcome: 'quarantined', code: 'E_QUARANTINED' }]),
    )
    await close()
    holds(10)
    expect(SettledBitmap.fromBytes((await open()).settled).count).toBe(11)
  })

  it('is compared once more and cleaned up at the end, and never asked again after that', async () => {
    const { create, open, close, holds, service, control } = desk()
    const { directory } = await create()
    await using worker = await LoadWorker.start(directory, 1)
    await service.commit(await worker.settle([0, 10], [], { state: 'finishing', total: 10 }))
    holds(10)
    control.end.mockRejectedValueOnce(E_DOWN)
    await expect(service.finish()).rejects.toMatchObject({ code: 'E_DEST_DOWN' })
    await close()
    // What it kept may be gone by now, which is no reason to doubt the data.
    await open()
    await service.commit(await worker.settle([10, 10], [], { state: 'finishing', total: 10 }))
    expect(await service.finish()).toEqual({ out: [], hasForgotten: false })
    expect([control.reconcile.mock.calls.length, control.end.mock.calls.length]).toEqual([1, 2])
  })

  it('has forgotten something at the very end: the run has to go on', async () => {
    const { create, holds, service, control } = desk()
    const { directory } = await create()
    await using worker = await LoadWorker.start(directory, 1)
    await service.commit(await worker.settle([0, 10], [], { state: 'finishing', total: 10 }))
    holds(5, { mayHaveForgotten: true })
    expect(await service.finish()).toEqual({ out: [], hasForgotten: true })
    expect(control.end).not.toHaveBeenCalled()
  })
})

describe('files of a load', () => {
  it('are refused where one stands in the way, before anything is made', async () => {
    const { create, service, rejects, dataDir, control } = desk()
    writeFileSync(rejects, 'precious\n')
    const loaded = join(dataDir, 'loaded.jsonl')
    writeFileSync(loaded, '')
    const taken = { code: 'E_CONFIG', message: expect.stringContaining('exists') as string }
    await expect(create({ options: runOptions({ rejects }) })).rejects.toMatchObject(taken)
    await expect(create({ job: loadJob({ to: `jsonl:${loaded}` }) })).rejects.toMatchObject(taken)
    await expect(create({ options: runOptions({ out: [join(dataDir, 'x.jsonl')] }) })).rejects.toMatchObject({
      code: 'E_CONFIG',
    })
    await expect(
      create({
        job: loadJob({ to: `jsonl:${dataDir}/a.jsonl` }),
        options: runOptions({ rejects: `${dataDir}/a.jsonl` }),
      }),
    ).rejects.toMatchObject({ code: 'E_CONFIG' })
    expect([readFileSync(rejects, 'utf8'), await service.list(), control.begin.mock.calls.length]).toEqual([
      'precious\n',
      [],
      0,
    ])
  })

  it('hold what was loaded and what was rejected, each its own', async () => {
    const { create, service, rejects, dataDir } = desk()
    const loaded = join(dataDir, 'loaded.jsonl')
    const { directory } = await create({
      job: loadJob({ to: `jsonl:${loaded}` }),
      options: runOptions({ rejects }),
      parallelism: parallelism('input'),
    })
    await using worker = await LoadWorker.start(directory, 1)
    const ok = (index: number) => ({ index, outcome: 'ok', output: `{"n":${index}}` }) as const
    await service.commit(
      await worker.settle([0, 4], [ok(3), ok(1), { index: 2 }, ok(0)], { state: 'finishing', total: 4 }),
    )
    await service.finish()
    expect(readFileSync(loaded, 'utf8')).toBe('{"n":0}\n{"n":1}\n{"n":3}\n')
    expect(linesOf(rejects).map(({ index }) => index)).toEqual([2])
    const out = join(dataDir, 'export.jsonl')
    expect(await service.exportRun({ runId: 'run-1', out, mode: 'create' })).toEqual({ records: 1 })
  })

  it('keeps nothing of a run that ended before anything was written, which then begins anew', async () => {
    const { create, open, close, holds, control } = desk()
    await create()
    holds(0)
    await close('failed')
    expect([control.reconcile.mock.calls, control.end.mock.calls.length]).toEqual([[['server-1']], 1])
    await open()
    expect(control.reconcile.mock.lastCall).toEqual([null])
  })

  it('keeps its positions where it was written before the journal knew', async () => {
    const { create, open, close, holds, control } = desk()
    await create()
    holds(20)
    await close()
    expect(control.end).not.toHaveBeenCalled()
    await open()
    expect(control.reconcile.mock.lastCall).toEqual(['server-1'])
  })

  it('is cleared when an unfinished run is removed, without a password', async () => {
    const { create, close, holds, control, service, openControl, dataDir } = desk()
    await create({ secrets: { redisPassword: 'secret', headers: [] } })
    holds(20)
    await close()
    expect(await service.remove('run-1')).toEqual({ runId: 'run-1' })
    expect(control.end).toHaveBeenCalledOnce()
    expect(openControl.mock.lastCall?.[0]).toMatchObject({ runId: 'run-1', secrets: { redisPassword: null } })
    expect(existsSync(join(dataDir, 'runs', 'run-1'))).toBe(false)
  })

  it('that cannot be reached keeps no run from being removed, and is named', async () => {
    const { create, close, holds, control, service } = desk()
    await create()
    holds(20)
    await close()
    control.end.mockRejectedValueOnce(E_DOWN)
    expect(await service.remove('run-1')).toEqual({ runId: 'run-1', left: REDIS })
    expect(await service.list()).toEqual([])
  })

  it('is not asked when a run is removed that is done', async () => {
    const { create, close, control, service, openControl } = desk()
    await create()
    control.reconcile.mockRejectedValue(E_DOWN)
    await close('done')
    openControl.mockClear()
    await service.remove('run-1')
    expect(openControl).not.toHaveBeenCalled()
  })

  it('keeps the positions of a run that may come back, until it is removed for good', async () => {
    const { create, close, holds, control, service } = desk()
    await create()
    holds(20)
    await close()
    await service.trash('run-1')
    expect(control.end).not.toHaveBeenCalled()
    await service.purge({ runIds: ['run-1'], olderThanMs: 0 })
    expect(control.end).toHaveBeenCalledOnce()
  })
})
