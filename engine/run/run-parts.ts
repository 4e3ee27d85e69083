import type { Secrets } from '../../shared/model/job.ts'
import type { RunSummary, Steering } from '../../shared/model/run.ts'
import type { ReaderLink } from '../pool/reader-link.ts'
import type { LinkKind } from '../pool/worker-link.ts'
import type { OpenedRun, Records } from '../records/protocol.ts'
import type { SpanRing } from '../telemetry/span-ring.ts'
import type { FaultKind } from '../worker/protocol.ts'
import type { EventLog } from './event-log.ts'

/** What one execution of a run is made of. */
export interface RunParts {
  readonly opened: OpenedRun
  readonly secrets: Secrets
  readonly records: Records
  readonly links: LinkKind
  readonly startReader: () => ReaderLink
  readonly faults: readonly (readonly [FaultKind, number])[]
  readonly log: EventLog
  readonly spans: SpanRing
  /** Whether a pause was asked before the workers were there. */
  readonly isPaused: () => boolean
  /** How the run goes on since somebody tuned it; `null` before. */
  readonly steering: () => Steering | null
  readonly nowMs: () => number
}

/** How one execution ended. */
export interface RunEnding {
  readonly summary: RunSummary
  /** Why the run must be opened again, to go on with what its destination still holds; `null` as a rule. */
  readonly rewind: string | null
}
