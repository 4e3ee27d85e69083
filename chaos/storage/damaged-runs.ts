import { cpSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { SettledBitmap } from '../../engine/journal/settled-bitmap.ts'
import type { RunCommit } from '../../engine/records/protocol.ts'
import { RecordsService } from '../../engine/records/records-service.ts'
import { failureOf } from '../../shared/model/error.ts'
import { flipBit } from '../../tests/support/records/flip.ts'
import { FakeWorker, commitOf, createRun, runOptions } from '../../tests/support/records/run.ts'

/** How runs fared whose files were damaged while nobody had them open. */
export interface DamageTally {
  cases: number
  /** Not opened, or not called done: `E_JOURNAL_CORRUPT` or `E_VERSION`. */
  refused: number
  /** Went on without something, and said how much. */
  recovered: number
  /** The damage concerned nothing that is read. */
  unharmed: number
  /** What must not be: a wrong result, a loss without a word, another error. With the seed it can be had again. */
  readonly faults: string[]
}

const TASKS = 360
/** Tasks are so far apart that they fill several pages of the journal's bitmap. */
const SPREAD = 911
const BATCH = 12
const UNIVERSE = Array.from({ length: TASKS }, (_, task) => task * SPREAD)
const RUN = { runId: 'run-1', options: null, parallelism: null }
const REFUSALS = ['E_JOURNAL_CORRUPT', 'E_VERSION']
const FILES = [
  'run.db',
  'run.db',
  'run.db-wal',
  'segments/000001.seg',
  'segments/000002.seg',
  '../../../out.jsonl',
]

/**
 * Damages one file of a run, takes the run up again, lets it come to its end, and compares what it delivers with what
 * an undamaged run delivers; as often as asked.
 *
 * @param folder Empty; holds one run at a time.
 */
export async function damageRuns(folder: string, random: () => number, cases: number): Promise<DamageTally> {
  const templates = [await makeRun(folder, 'killed'), await makeRun(folder, 'stopped')]
  restore(folder, templates[0]!)
  const truth = await finishRun(folder)
  const tally: DamageTally = { cases: 0, refused: 0, recovered: 0, unharmed: 0, faults: [] }
  for (; tally.cases < cases; tally.cases += 1) {
    const template = templates[Math.floor(random() * templates.length)]!
    restore(folder, template)
    const name = FILES[Math.floor(random() * FILES.length)]!
    const path = join(folder, 'data/runs/run-1', name)
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
    if (size === 0) continue
    const isCut = name.endsWith('.jsonl') || random() < 0.4
    const place = Math.floor(random() * (isCut ? size : size * 8))
    const what = `case ${tally.cases}: ${template} run, ${name} ${isCut ? 'cut at byte' : 'with flipped bit'} ${place}`
    try {
      if (isCut) truncateSync(path, place)
      else flipBit(path, place)
      judge(await attempt(folder), truth, tally, what)
    } catch (error) {
      tally.faults.push(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    }
  }
  return tally
}

interface Outcome {
  readonly refusal: string | null
  readonly settled: number
  readonly notices: readonly string[]
  readonly results: Results | null
}

interface Results {
  readonly out: string
  readonly exported: string
  readonly tasks: unknown
}

function judge(outcome: Outcome, truth: Outcome, tally: DamageTally, what: string): void {
  if (outcome.refusal !== null) {
    tally.refused += 1
    if (!REFUSALS.some(code => outcome.refusal!.startsWith(code)))
      tally.faults.push(`${what}: ${outcome.refusal}`)
    return
  }
  const isWhole = JSON.stringify(outcome.results) === JSON.stringify(truth.results)
  const isShort = outcome.settled < truth.settled
  if (!isWhole) tally.faults.push(`${what}: its results are wrong`)
  if (outcome.settled > truth.settled) tally.faults.push(`${what}: more is settled than was committed`)
  if (isShort && outcome.notices.length === 0)
    tally.faults.push(`${what}: ${truth.settled - outcome.settled} settled tasks were dropped without a word`)
  if (isShort) tally.recovered += 1
  else tally.unharmed += 1
}

async function attempt(folder: string): Promise<Outcome> {
  try {
    return await finishRun(folder)
  } catch (error) {
    const { code, message } = failureOf(error)
    return { refusal: `${code}: ${message}`, settled: 0, notices: [], results: null }
  }
}

const serviceOf = (folder: string): RecordsService =>
  new RecordsService({
    dataDir: join(folder, 'data'),
    nowMs: () => performance.now(),
    loadDestination: () => Promise.reject(new Error('a crawl has no destination')),
    onOutputFailure: () => undefined,
  })

/** Takes the run up and lets it do all that is not settled. */
async function finishRun(folder: string): Promise<Outcome> {
  const service = serviceOf(folder)
  // Who only looks may find the damage first; looking must not do harm.
  const before = (await service.list())[0]
  const opened = await service.open(RUN)
  let isClosed = false
  try {
    const settled = SettledBitmap.fromBytes(opened.settled)
    const known = settled.count
    if (before?.state === 'stopped' && before.tasks.ok !== known)
      throw new Error('the list says another number')
    {
      await using worker = await FakeWorker.start(opened.directory, opened.nextSegment, settled)
      await service.commit(await worker.settle(UNIVERSE.filter(task => !settled.has(task))))
    }
    await service.commit(commitOf(settled, [], { state: 'finishing', total: TASKS, durability: 'full' }))
    await service.finish()
    const { summary } = await service.show('run-1')
    isClosed = true
    await service.close({ state: 'done', summary: { ...summary, state: 'done' } })
    const out = join(folder, 'exported.jsonl')
    await service.exportRun({ runId: 'run-1', out, mode: 'force' })
    const results = {
      out: sortedLines(join(folder, 'out.jsonl')),
      exported: sortedLines(out),
      tasks: summary.tasks,
    }
    return { refusal: null, settled: known, notices: opened.notices, results }
  } finally {
    if (!isClosed) await service.close({ state: 'failed', summary: null as never })
  }
}

const sortedLines = (path: string): string => readFileSync(path, 'utf8').split('\n').sort().join('\n')

/** Leaves a run in the middle: as a killed process does, or as one that was asked to stop. @returns Its name for {@link restore}. */
async function makeRun(folder: string, ending: 'killed' | 'stopped'): Promise<string> {
  rmSync(join(folder, 'data'), { recursive: true, force: true })
  rmSync(join(folder, 'out.jsonl'), { force: true })
  const service = serviceOf(folder)
  const opened = await service.create(
    createRun({ options: runOptions({ out: [join(folder, 'out.jsonl')] }) }),
  )
  const settled = new SettledBitmap()
  await using first = await FakeWorker.start(opened.directory, 1, settled)
  await using second = await FakeWorker.start(opened.directory, 2, settled)
  for (let from = 0; from < TASKS - 4 * BATCH; from += BATCH) {
    const worker = from % (2 * BATCH) === 0 ? first : second
    const commit: RunCommit = await worker.settle(UNIVERSE.slice(from, from + BATCH))
    await service.commit({ ...commit, total: TASKS })
    if (from === 10 * BATCH) await service.finish()
  }
  if (ending === 'stopped') {
    const { summary } = await service.show('run-1')
    await service.finish()
    await service.close({ state: 'stopped', summary: { ...summary, state: 'stopped' } })
  }
  for (const name of ['data', 'out.jsonl'])
    cpSync(join(folder, name), join(folder, ending, name), { recursive: true })
  if (ending === 'killed') await service.close({ state: 'failed', summary: null as never })
  return ending
}

function restore(folder: string, template: string): void {
  rmSync(join(folder, 'data'), { recursive: true, force: true })
  for (const name of ['data', 'out.jsonl'])
    cpSync(join(folder, template, name), join(folder, name), { recursive: true })
}
