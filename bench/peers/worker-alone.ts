// A worker without its supervisor: the leases of a cpu job are granted at once, and every report is acknowledged. What
// is left is what a task costs inside a worker, with its record and telemetry.
//   node worker-alone.ts KERNEL SIZE TASKS
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FromWorker, ToWorker, WorkerSetup } from '../../engine/worker/protocol.ts'
import { nowMs } from '../../engine/worker/clock.ts'
import { runWorker } from '../../engine/worker/worker.ts'
import { COUNTER, settledCount } from '../../shared/model/counters.ts'
import type { KernelName } from '../../shared/model/fields/cpu.ts'
import { PHASE } from '../../shared/model/run.ts'

const TASKS_PER_LEASE = 65_536

const [kernel, size, count] = process.argv.slice(2)
const tasks = Number(count)
const directory = mkdtempSync(join(tmpdir(), 'interleave-worker-'))
const setup: WorkerSetup = {
  worker: 1,
  runId: 'bench',
  work: { kind: 'cpu', options: { kernel: kernel as KernelName, tasks, size: Number(size), ioRatio: 0 } },
  permits: 1,
  originMs: nowMs(),
  segment: { id: 1, path: join(directory, '1.seg') },
  startsPath: join(directory, 'starts'),
  sharedGates: false,
  boundsVersion: 0,
  secrets: { redisPassword: null, headers: [] },
  isOrdered: false,
  faults: [],
}

let send: (message: ToWorker) => void = () => undefined
let startMs = 0
let settled = 0
let digest = 0
let isDone = false

function grantAll(): void {
  for (let first = 0; first < tasks; first += TASKS_PER_LEASE) {
    const end = Math.min(tasks, first + TASKS_PER_LEASE)
    const place = { id: first / TASKS_PER_LEASE, attempt: 1, first, step: 1, end }
    const lease = {
      ...place,
      data: { type: 'none' },
      settled: null,
      quarantine: null,
      careful: false,
    } as const
    send({ type: 'grant', lease })
  }
}

function onMessage(message: FromWorker): void {
  if (message.type === 'fatal') throw new Error(message.message)
  if (message.type === 'ready') {
    startMs = performance.now()
    grantAll()
  }
  if (message.type !== 'report') return
  settled += settledCount(message.counters)
  digest = (digest + message.counters[COUNTER.digestLow]!) % 2 ** 32
  setImmediate(() => send({ type: 'ack', seq: message.seq }))
  if (settled < tasks || isDone) return
  isDone = true
  console.log(JSON.stringify({ seconds: (performance.now() - startMs) / 1_000, digest }))
  setImmediate(() => send({ type: 'phase', phase: PHASE.stop }))
}

runWorker({
  post: onMessage,
  onMessage: listener => {
    send = listener
  },
  exit: () => rmSync(directory, { recursive: true, force: true }),
})
send({ type: 'setup', setup })
