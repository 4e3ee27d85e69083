import { describe, expect, it } from 'vitest'
import type { TaskFilter } from '../../../../shared/model/task-table.ts'
import { ERROR_CODES } from '../../../../shared/model/error.ts'
import { OUTCOMES } from '../../../../shared/model/outcome.ts'
import { seededRandom } from '../../../support/engine/random.ts'
import { TaskRun, TestTables, type TaskRecord } from '../../../support/table/task-run.ts'

const random = seededRandom(11)
const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!
const HOSTS = ['a.test', 'b.test:8080', 'ü.test']

const records: readonly Required<TaskRecord>[] = Array.from({ length: 500 }, (_, index) => {
  const outcome = pick(OUTCOMES)
  return {
    index,
    outcome,
    url: `http://${pick(HOSTS)}/${pick(['Page', 'page', 'SEITE', 'straße'])}/${index}`,
    code: outcome === 'ok' ? 'E_NONE' : pick(['E_DNS', 'E_CONNECT', 'E_HTTP_STATUS']),
    message: outcome === 'ok' ? '' : pick(['Nobody answers', 'no such HOST']),
    status: pick([0, 200, 404, 503]),
    attempts: 1 + Math.floor(random() * 3),
    worker: Math.floor(random() * 3),
    lane: 0,
    waitMs: 0,
    connectMs: 0,
    ttfbMs: 0,
    downloadMs: 0,
    startedAtMs: index,
    totalMs: Math.floor(random() * 100),
    bodyBytes: 1,
    title: '',
  }
})

const FILTERS: readonly TaskFilter[] = [
  {},
  { outcomes: [] },
  { outcomes: ['ok', 'skipped'] },
  { codes: ['E_DNS', 'E_NONE'] },
  { codes: [...ERROR_CODES] },
  { statuses: [0, 503] },
  { hosts: ['A.test', 'nowhere.test'] },
  { hosts: ['ü.test'], workers: [1] },
  { workers: [65_535, 2] },
  { text: '' },
  { text: 'PAGE/1' },
  { text: 'STRASSE' },
  { text: 'STRAßE' },
  { text: 'such host' },
  { minTotalMs: 10, maxTotalMs: 20 },
  { maxTotalMs: 0 },
  {
    outcomes: ['failed'],
    codes: ['E_CONNECT'],
    statuses: [404],
    hosts: ['b.test:8080'],
    text: 'a',
    minTotalMs: 50,
  },
]

/** What a filter means, record by record. */
function matches(filter: TaskFilter, record: Required<TaskRecord>): boolean {
  const {
    outcomes,
    codes,
    statuses,
    hosts,
    workers,
    text = '',
    minTotalMs = 0,
    maxTotalMs = Infinity,
  } = filter
  const host = record.url!.split('/')[2]!
  const texts = [record.url!, record.message].map(each => each.toLowerCase())
  return (
    (outcomes?.includes(record.outcome) ?? true) &&
    (codes?.includes(record.code) ?? true) &&
    (statuses?.includes(record.status) ?? true) &&
    (hosts?.map(each => each.toLowerCase()).includes(host) ?? true) &&
    (workers?.includes(record.worker) ?? true) &&
    texts.some(each => each.includes(text.toLowerCase())) &&
    record.totalMs >= minTotalMs &&
    record.totalMs <= maxTotalMs
  )
}

describe('chooseRows', () => {
  it('chooses what each filter says, at once and as the run goes on', async () => {
    const run = TaskRun.create()
    await run.settle(records.slice(0, 200))
    const { service } = new TestTables(run.dataDir)
    const growing = new TestTables(run.dataDir)
    const question = { runId: 'run-1', sort: null, offset: 0, limit: 500 }
    for (const filter of FILTERS.slice(-3)) await growing.service.page({ ...question, filter })
    await run.settle(records.slice(200))
    growing.tick()
    for (const filter of FILTERS) {
      const expected = records.filter(record => matches(filter, record)).map(({ index }) => index)
      for (const tables of [service, growing.service]) {
        const page = await tables.page({ ...question, filter })
        expect({ filter, indexes: page.rows.map(({ index }) => index) }).toEqual({
          filter,
          indexes: expected,
        })
      }
    }
  })
})
