import { describe, expect, it } from 'vitest'

import { PAGE_ROWS } from '../../../../../renderer/stores/tasks/page-cache.ts'
import { TaskTable } from '../../../../../renderer/stores/tasks/task-table.ts'
import type { Input } from '../../../../../shared/contract/contract.ts'
import { JobError } from '../../../../../shared/model/error.ts'
import type { TaskPage, TaskRow } from '../../../../../shared/model/task-table.ts'
import { scriptedClient, settled } from '../../../../support/renderer/scripted-client.ts'

const rowAt = (index: number): TaskRow => ({
  index,
  outcome: 'ok',
  input: `https://example.org/${index}`,
  host: 'example.org',
  status: 200,
  error: null,
  attempts: 1,
  bodyBytes: 10,
  startedAtMs: index,
  totalMs: 5,
  worker: 1,
  lane: 0,
})
const pageOf = ({ offset, limit }: Input<'tasks.page'>, total = 1_000_000): TaskPage => ({
  total,
  matched: total,
  gap: null,
  rows: Array.from({ length: Math.min(limit, total - offset) }, (_, at) => rowAt(offset + at)),
})

describe('TaskTable', () => {
  function makeTable(answer: (asked: Input<'tasks.page'>) => unknown = asked => pageOf(asked)) {
    const { client, calls } = scriptedClient({ 'tasks.page': answer })
    const table = new TaskTable(() => client)
    const offsets = () => calls.map(({ input }) => (input as Input<'tasks.page'>).offset)
    return { table, calls, offsets }
  }

  it('asks for what is seen, each page once, in a table of any size', async () => {
    const { table, offsets } = makeTable()
    table.open('r1')
    await settled()
    table.look(0, 30)
    table.look(500_190, 500_210)
    table.look(500_195, 500_215)
    await settled()

    expect({ offsets: offsets(), row: table.row(500_205)?.index, total: table.counts.value?.total }).toEqual({
      offsets: [0, 500_000, 500_200],
      row: 500_205,
      total: 1_000_000,
    })
  })

  it('shows rows until newer ones have come, so that nothing jumps', async () => {
    const answers: PromiseWithResolvers<void>[] = []
    const { table, offsets } = makeTable(async asked => {
      if (answers.length > 0) await answers[0]!.promise
      return pageOf(asked)
    })
    table.open('r1')
    await settled()
    answers.push(Promise.withResolvers<void>())
    table.refresh()
    const meanwhile = table.row(3)?.index
    table.refresh()
    answers[0]!.resolve()
    await settled()

    expect({ meanwhile, offsets: offsets() }).toEqual({ meanwhile: 3, offsets: [0, 0] })
  })

  it('begins anew with another filter or order, and does not hear answers to the one before', async () => {
    const slow = Promise.withResolvers<TaskPage>()
    const { table, calls } = makeTable(asked =>
      asked.filter.text === 'slow' ? slow.promise : pageOf(asked, 7),
    )
    table.open('r1')
    await settled()
    table.setFilter({ text: 'slow' })
    table.setFilter({ text: 'quick' })
    table.setOrder({ by: 'totalMs', isDescending: true })
    await settled()
    slow.resolve({ total: 9, matched: 9, gap: null, rows: [] })
    await settled()

    expect({ counts: table.counts.value, last: calls.at(-1)?.input }).toEqual({
      counts: { total: 7, matched: 7, gap: null },
      last: {
        runId: 'r1',
        filter: { text: 'quick' },
        sort: { by: 'totalMs', isDescending: true },
        offset: 0,
        limit: PAGE_ROWS,
      },
    })
  })

  it('says why it cannot be read, and asks again when it is looked at', async () => {
    let isBroken = true
    const { table } = makeTable(asked => {
      if (isBroken) throw new JobError('E_NOT_FOUND', 'gone')
      return pageOf(asked)
    })
    table.open('r1')
    await settled()
    const failure = table.failure.value?.code
    isBroken = false
    table.look(0, 10)
    await settled()

    expect([failure, table.failure.value, table.row(0)?.index]).toEqual(['E_NOT_FOUND', null, 0])
  })

  it('holds only the pages that were seen last', async () => {
    const { table, offsets } = makeTable()
    table.open('r1')
    for (let page = 0; page < 40; page += 1) {
      table.look(page * PAGE_ROWS, page * PAGE_ROWS + 20)
      await settled()
    }
    table.look(0, 10)
    await settled()

    expect([offsets().length, table.row(0)?.index, table.row(2 * PAGE_ROWS)]).toEqual([41, 0, undefined])
  })

  it('asks nothing while no run is open', async () => {
    const { table, calls } = makeTable()
    table.look(0, 10)
    table.open(null)
    await settled()

    expect(calls).toEqual([])
  })
})
