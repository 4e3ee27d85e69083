import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { makePlace, runsWithSockets } from '../../../../engine/control/live-sockets.ts'
import type { OpenedRun } from '../../../../engine/records/protocol.ts'
import { RecordsService } from '../../../../engine/records/records-service.ts'
import { SettledBitmap } from '../../../../engine/journal/settled-bitmap.ts'
import type { RunState } from '../../../../shared/model/run.ts'
import { commitOf, createRun } from '../../../support/records/run.ts'
import { temporaryDirectory } from '../../../support/records/temporary.ts'

const HOUR_MS = 3_600_000

/** One records worker that owns runs and another one that only looks, as in two processes. */
function desk() {
  const dataDir = temporaryDirectory()
  const make = (): RecordsService =>
    new RecordsService({
      dataDir,
      nowMs: () => performance.now(),
      loadDestination: () => Promise.reject(new Error('these runs have no destination')),
      onOutputFailure: () => undefined,
    })
  const owner = make()
  const end = async (state: RunState = 'stopped'): Promise<void> => {
    const { summary } = await owner.show('latest')
    await owner.close({ state, summary: { ...summary, state } })
  }
  const begin = (runId = 'run-1'): Promise<OpenedRun> =>
    owner.create(createRun({ runId, startedAt: `2026-11-22T12:00:00.000Z` }))
  onTestFinished(() => end().catch(() => undefined))
  return { dataDir, owner, viewer: make(), begin, end }
}

describe('the list of runs, asked again and again', () => {
  it('tells everything once, then what changed and what is gone', async () => {
    const { owner, viewer, begin, end } = desk()
    await begin()
    const first = await viewer.changes(null)
    expect(first).toMatchObject({ isWhole: true, entries: [{ runId: 'run-1', isOwned: true }], gone: [] })

    expect(await viewer.changes(first.mark)).toMatchObject({ isWhole: false, entries: [], gone: [] })

    await owner.commit({ ...commitOf(new SettledBitmap(), []), state: 'running', total: 7 })
    const running = await viewer.changes(first.mark)
    expect(running.entries).toMatchObject([{ runId: 'run-1', state: 'running', tasks: { total: 7 } }])

    await end()
    const stopped = await viewer.changes(running.mark)
    expect(stopped.entries).toMatchObject([{ state: 'stopped', isOwned: false }])

    await viewer.tag({ runId: 'run-1', tags: ['kept'] })
    const tagged = await viewer.changes(stopped.mark)
    expect(tagged.entries).toMatchObject([{ tags: ['kept'] }])

    await owner.remove('run-1')
    expect(await viewer.changes(tagged.mark)).toMatchObject({ isWhole: false, entries: [], gone: ['run-1'] })
  })

  it('tells everything to whoever comes with a mark of another list', async () => {
    const { owner, viewer, begin } = desk()
    await begin()
    const { mark } = await owner.changes(null)
    expect(await viewer.changes(mark)).toMatchObject({ isWhole: true, entries: [{ runId: 'run-1' }] })
  })

  it('tells all of several who ask with marks of different age', async () => {
    const { viewer, begin, end } = desk()
    const early = await viewer.changes(null)
    await begin()
    await viewer.changes(early.mark)
    await end()
    expect((await viewer.changes(early.mark)).entries).toMatchObject([{ runId: 'run-1', state: 'stopped' }])
  })
})

describe('tags of a run', () => {
  it('are kept beside its journal, also while somebody owns it, and shown with it', async () => {
    const { viewer, begin } = desk()
    const { directory } = await begin()
    await viewer.tag({ runId: 'latest', tags: ['b', 'a', 'b'] })
    expect((await viewer.show('run-1')).tags).toEqual(['b', 'a'])
    expect((await viewer.list())[0]?.tags).toEqual(['b', 'a'])
    await viewer.tag({ runId: 'run', tags: [] })
    expect((await viewer.show('run-1')).tags).toEqual([])
    expect(readdirSync(directory).filter(name => name.includes('tmp'))).toEqual([])
  })

  it.each([
    '',
    '{"tags":',
    '[]',
    'null',
    '{"tags":"a"}',
    '{"tags":[1,{"a":2}]}',
    `{"tags":["${'x'.repeat(70_000)}"]}`,
  ])('are none where their file says %.20s', async content => {
    const { viewer, begin } = desk()
    const { directory } = await begin()
    writeFileSync(join(directory, 'tags.json'), content)
    expect((await viewer.show('run-1')).tags).toEqual([])
  })
})

describe('a run that is put aside', () => {
  it('is in no list, and comes back as it was', async () => {
    const { dataDir, viewer, begin, end } = desk()
    await begin()
    await end()
    await viewer.tag({ runId: 'run-1', tags: ['kept'] })
    const before = await viewer.show('run-1')
    expect(await viewer.trash('run')).toEqual({ runId: 'run-1' })
    expect(await viewer.list()).toEqual([])
    await expect(viewer.show('run-1')).rejects.toMatchObject({ code: 'E_NOT_FOUND' })
    expect(await viewer.restore('run')).toEqual({ runId: 'run-1' })
    expect(await viewer.show('run-1')).toEqual(before)
    expect(readdirSync(join(dataDir, 'trash'))).toEqual([])
  })

  it('cannot be put aside while somebody owns it', async () => {
    const { viewer, begin } = desk()
    await begin()
    await expect(viewer.trash('run-1')).rejects.toMatchObject({ code: 'E_LOCKED' })
    expect(await viewer.list()).toHaveLength(1)
  })

  it('does not come back twice, or over another run of its name', async () => {
    const { dataDir, viewer, begin, end } = desk()
    await begin()
    await end()
    await viewer.trash('run-1')
    mkdirSync(join(dataDir, 'runs', 'run-1'))
    await expect(viewer.restore('latest')).rejects.toMatchObject({ code: 'E_LOCKED' })
    await expect(viewer.restore('other')).rejects.toMatchObject({ code: 'E_NOT_FOUND' })
  })

  it('goes for good when it is asked for, or has lain there for long enough', async () => {
    const { dataDir, viewer, begin, end } = desk()
    for (const runId of ['run-1', 'run-2', 'run-3']) {
      await begin(runId)
      await end()
      await viewer.trash(runId)
    }
    const old = new Date(Date.now() - 2 * HOUR_MS)
    utimesSync(join(dataDir, 'trash', 'run-2'), old, old)
    await viewer.purge({ runIds: ['run-3'], olderThanMs: HOUR_MS })
    expect(readdirSync(join(dataDir, 'trash'))).toEqual(['run-1'])
    await expect(viewer.restore('run-2')).rejects.toMatchObject({ code: 'E_NOT_FOUND' })
    expect(await viewer.restore('latest')).toEqual({ runId: 'run-1' })
  })
})

describe('sockets of runs', () => {
  it('are removed when their owner died, and kept while it lives', async () => {
    const { dataDir, viewer, begin } = desk()
    await begin()
    for (const runId of ['run-1', 'run-dead']) {
      const server = createServer().listen(makePlace(dataDir, runId).path)
      onTestFinished(() => void server.close())
      await once(server, 'listening')
    }
    await viewer.purge({ runIds: [], olderThanMs: HOUR_MS })
    expect(runsWithSockets(dataDir)).toEqual(['run-1'])
    expect(existsSync(makePlace(dataDir, 'run-1').path)).toBe(true)
  })
})
