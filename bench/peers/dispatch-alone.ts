// The dispatch path of a worker by itself: leases, intake, semaphore and lanes, with an executor that settles at once
// and nothing recorded. What is left is what it costs to bring one task to its executor and back.
//   node dispatch-alone.ts KERNEL SIZE TASKS (kernel and size are taken for company's sake)
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CPU_LAYOUT } from '../../shared/model/record-layout.ts'
import { openLease } from '../../engine/source/open-lease.ts'
import { nowMs } from '../../engine/worker/clock.ts'
import { Intake } from '../../engine/worker/intake.ts'
import { Lane } from '../../engine/worker/lane.ts'
import type { Recorder } from '../../engine/worker/recorder.ts'
import { Runtime } from '../../engine/worker/runtime.ts'
import { StartsFile } from '../../engine/worker/starts-file.ts'

const TASKS_PER_LEASE = 16_384

const tasks = Number(process.argv[4])
const intake = new Intake(openLease)
let granted = 0
const startMs = performance.now()

function grantNext(): void {
  if (granted >= tasks) return
  const first = granted
  granted = Math.min(tasks, first + TASKS_PER_LEASE)
  const place = { id: first, attempt: 1, first, step: 1, end: granted }
  intake.grant({ ...place, data: { type: 'none' }, settled: null, quarantine: null, careful: false })
  intake.takeProgress()
  runtime.granted()
}

const runtime = new Runtime({
  permits: 1,
  nowMs,
  makeLane: (number, onSettle) => new Lane(number, CPU_LAYOUT, onSettle),
  intake,
  recorder: { record: () => undefined } as unknown as Recorder,
  admission: null,
  starts: new StartsFile(join(tmpdir(), 'interleave-dispatch.starts')),
  faults: new Map(),
  isCongested: () => false,
  onWant: () => setImmediate(grantNext),
  onIdle: () => {
    if (granted < tasks || intake.unread > 0) return
    console.log(JSON.stringify({ seconds: (performance.now() - startMs) / 1_000 }))
    process.exit()
  },
})
runtime.use({
  gateOf: () => '',
  start: lane => lane.settleOk(),
  describe: () => undefined,
  abort: () => undefined,
  close: () => Promise.resolve(),
})
grantNext()
