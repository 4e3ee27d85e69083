import { join } from 'node:path'
import { argv, stdout } from 'node:process'
import { Worker } from 'node:worker_threads'
import { connectRecords } from '../../../engine/records/connect-records.ts'
import { SettledBitmap } from '../../../engine/journal/settled-bitmap.ts'
import type { Parallelism } from '../../../shared/model/fields/parallelism.ts'
import { FakeWorker, commitOf, createRun, parallelism, runOptions } from './run.ts'

// A process that settles tasks and commits them until it is done or killed: `dataDir out order total`.

const [, , dataDir = '', out = '', order = 'completion', total = '0'] = argv
const BATCH = 40

const entry = new URL('../../../headless/entries/records.ts', import.meta.url)
const thread = new Worker(entry, { workerData: { dataDir } })
const { records } = connectRecords(thread)

const say = (line: string): void => void stdout.write(`${line}\n`)

const runId = 'run-1'
const known = (await records.list()).some(entry => entry.runId === runId)
const opened = known
  ? await records.open({ runId, options: null, parallelism: null })
  : await records.create(
      createRun({
        runId,
        options: runOptions({ out: [join(dataDir, out)] }),
        parallelism: parallelism(order as Parallelism['order']),
      }),
    )
say(`opened ${opened.epoch}`)

const settled = SettledBitmap.fromBytes(opened.settled)
const workers = await Promise.all(
  [0, 1].map(each => FakeWorker.start(opened.directory, opened.nextSegment + each, settled)),
)

/** The next tasks that are not settled, those at odd places first: records come out of order. */
function nextBatch(): number[] {
  const batch: number[] = []
  for (
    let index = settled.nextUnset(0);
    batch.length < BATCH && index < Number(total);
    index = settled.nextUnset(index + 1)
  )
    batch.push(index)
  return [...batch.filter((_, at) => at % 2 === 1), ...batch.filter((_, at) => at % 2 === 0)]
}

for (let batch = nextBatch(), turn = 0; batch.length > 0; batch = nextBatch(), turn += 1) {
  const worker = workers[turn % 2]!
  await records.commit(await worker.settle(batch))
  say(`committed ${settled.count}`)
}
await records.commit(commitOf(settled, [], { state: 'finishing', total: Number(total), durability: 'full' }))
await records.finish()
const { summary } = await records.show(runId)
await records.close({ state: 'done', summary: { ...summary, state: 'done' } })
for (const worker of workers) await worker[Symbol.asyncDispose]()
await thread.terminate()
say('done')
