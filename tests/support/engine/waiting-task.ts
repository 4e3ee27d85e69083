import type { HeldLease } from '../../../engine/worker/held-lease.ts'
import { IndexList } from '../../../engine/worker/index-list.ts'
import type { Lease } from '../../../engine/worker/protocol.ts'
import { SpanList } from '../../../engine/worker/span-list.ts'
import type { WaitingTask } from '../../../engine/worker/task-store.ts'

export const makeLease = (given: Partial<Lease> = {}): Lease => ({
  id: 1,
  attempt: 1,
  first: 0,
  step: 1,
  end: 10,
  data: { type: 'none' },
  settled: null,
  careful: false,
  quarantine: null,
  ...given,
})

const held: HeldLease = {
  lease: makeLease(),
  settled: new IndexList(),
  spans: new SpanList(),
  cursor: null,
  endIndex: null,
  endIndexReported: false,
  open: 0,
  isRead: false,
}

export const makeWaitingTask = (index: number, host = ''): WaitingTask => ({
  held,
  index,
  input: `http://${host}/${index}`,
  line: 0,
  attempt: 1,
  queuedAtMs: 0,
  firstStartedAtMs: NaN,
  host,
})
