import { OUTCOME } from '../../shared/model/outcome.ts'
import type { DestinationWriter } from '../destination/destination.ts'
import type { RecordView } from '../load/record-view.ts'
import type { Refusal } from '../source/cursor.ts'
import type { BulkIntake } from './bulk-intake.ts'
import { strike, type Faults } from './faults.ts'
import type { LoadBatch } from './load-batch.ts'
import type { StartsFile } from './starts-file.ts'

/** Records go one after the other, so all of them start in one place. */
const STARTS_LANE = 0

interface FillerParts {
  readonly intake: BulkIntake
  readonly starts: StartsFile
  readonly faults: Faults
}

/** Decides for each record of a lease how it comes into its batch. */
export class BatchFiller {
  readonly #parts: FillerParts

  constructor(parts: FillerParts) {
    this.#parts = parts
  }

  /** Takes the intake's current record, which belongs to the batch's lease. */
  take(batch: LoadBatch, record: RecordView, writer: DestinationWriter): void {
    const { intake, faults } = this.#parts
    const { careful, quarantine } = intake.held!.lease
    if (quarantine !== null) return this.#quarantine(batch, record, quarantine)
    if (intake.applied?.isApplied(record.taskIndex) === true) return this.#pass(batch, record)
    if (careful) this.#parts.starts.note(STARTS_LANE, record.taskIndex)
    if (faults.size > 0 && faults.has(record.taskIndex)) strike(faults.get(record.taskIndex)!)
    const refusal = record.refusal ?? writer.add(record)
    if (refusal !== null) return batch.refuse(record, refusal, outcomeOf(refusal))
    batch.add(record)
    if (writer.takeOutput !== undefined) batch.outputs.push(writer.takeOutput())
  }

  #quarantine(batch: LoadBatch, record: RecordView, message: string): void {
    batch.refuse(record, { code: 'E_QUARANTINED', message, isSkip: false }, OUTCOME.quarantined)
  }

  /** What was wrong with the record as it was read was never told to the destination: it is wrong again. */
  #pass(batch: LoadBatch, record: RecordView): void {
    const failure = this.#parts.intake.applied?.failureOf(record.taskIndex) ?? null
    const refusal = record.refusal ?? (failure === null ? null : { ...failure, isSkip: false })
    batch.pass(record, refusal === null ? null : { refusal, outcome: outcomeOf(refusal) })
  }
}

const outcomeOf = (refusal: Refusal): number => (refusal.isSkip ? OUTCOME.skipped : OUTCOME.failed)
