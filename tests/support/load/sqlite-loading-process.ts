/**
 * Loads rows without a key into a table until it is done or killed: `<file> <rows> <identity or ->`. Says `begun
 * <identity>`, `settled` after each batch, and at its end `done` with the tasks that were refused, now or before.
 */
import { sqliteDestination } from '../../../engine/destination/sqlite/sqlite.ts'
import { formatOf, requestOf, TestLoad } from './test-load.ts'

const [path = '', rows = '0', identity = '-'] = process.argv.slice(2)
const total = Number(rows)
const BATCH = 200
const FORMAT = formatOf({ format: 'csv', delimiter: ',', header: ['id', 'text'] })

const request = requestOf({ to: `sqlite:${path}` })
const control = await sqliteDestination.openControl!(request)
const begun = identity === '-' ? await control.begin() : (await control.reconcile(identity)).identity
console.log(`begun ${begun}`)

await using load = await TestLoad.open(sqliteDestination, request)
const refused = new Set<number>()
// Two leases, as one worker has them in turn; the second is every third task of the rest.
const leases = [
  { first: 0, step: 1, count: Math.floor(total / 4) },
  ...[0, 1, 2].map(remainder => {
    const first = Math.floor(total / 4) + remainder
    return { first, step: 3, count: Math.ceil((total - first) / 3) }
  }),
]
for (const { first, step, count } of leases) {
  const applied = await load.openLease({ first, step, living: identity === '-' ? null : [], format: FORMAT })
  for (let at = 0; at < count; at += BATCH) {
    const tasks = Array.from({ length: Math.min(BATCH, count - at) }, (_, k) => first + (at + k) * step)
    for (const task of tasks)
      if (applied?.isApplied(task) === true && applied.failureOf(task) !== null) refused.add(task)
    load.sendBatch(tasks.map(task => `${task},${task % 100 === 7 ? 'bad' : 'good'}`))
    if (at % (2 * BATCH) === 0) continue
    await load.settled()
    console.log('settled')
  }
  await load.settled()
}
await load.writer.close()
await control.end()
for (const task of load.fates.failed.keys()) refused.add(task)
console.log(`done ${JSON.stringify([...refused].sort((a, b) => a - b))}`)
