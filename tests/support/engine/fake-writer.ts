import type {
  AppliedRecords,
  DestinationWriter,
  RecordFailure,
  SentBatch,
} from '../../../engine/destination/destination.ts'
import type { RecordView } from '../../../engine/load/record-view.ts'
import type { Refusal } from '../../../engine/source/cursor.ts'

type OpenLease = Parameters<DestinationWriter['openLease']>[0]

/** A writer whose batches end when the test says so. */
export class FakeWriter implements DestinationWriter {
  most = { records: 3, bytes: 1_000 }
  batches = 64
  openBytes = 0
  takeOutput?: () => string
  /** Leases that were opened, in their order. */
  readonly leases: OpenLease[] = []
  /** Batches under way, in their order. */
  readonly sent: SentBatch[] = []
  /** `[from, next, texts]` of every batch that was sent. */
  readonly log: (readonly [from: number, next: number, texts: string])[] = []
  /** Texts that are refused when they are added. */
  refuses: (text: string) => Refusal | null = () => null
  openWith: (lease: OpenLease) => Promise<AppliedRecords | null> = () => Promise.resolve(null)
  onAdd: (text: string) => void = () => undefined
  aborts = 0
  closes = 0
  #open: string[] = []

  async openLease(lease: OpenLease): Promise<AppliedRecords | null> {
    this.leases.push(lease)
    return await this.openWith(lease)
  }

  add(record: RecordView): Refusal | null {
    const text = record.text.toString('utf8', record.textStart, record.textEnd)
    this.onAdd(text)
    const refusal = this.refuses(text)
    if (refusal !== null) return refusal
    this.#open.push(text)
    this.openBytes += record.textEnd - record.textStart
    return null
  }

  send(batch: SentBatch): void {
    this.log.push([batch.from, batch.next, this.#open.join(' ')])
    this.sent.push(batch)
    this.#open = []
    this.openBytes = 0
  }

  /** The first batch under way is done. */
  settle(failures: readonly RecordFailure[] = []): void {
    this.sent.shift()!.settle(failures)
  }

  abort(): void {
    this.aborts += 1
    for (const batch of this.sent.splice(0)) batch.cancel()
  }

  close(): Promise<void> {
    this.closes += 1
    return Promise.resolve()
  }
}
