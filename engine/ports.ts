import type { JobError } from '../shared/model/error.ts'
import type { HostReport } from '../shared/model/host-report.ts'
import type { ReaderLink } from './pool/reader-link.ts'
import type { LinkKind } from './pool/worker-link.ts'
import type { Records } from './records/protocol.ts'
import type { TableLink } from './table/table-link.ts'

/** One records worker, which serves one run or any number of questions. */
export interface RecordsLink {
  readonly records: Records
  close(): Promise<void>
}

/** What a host gives the engine: everything that differs between Electron, the command line and the web host. */
export interface EnginePorts {
  readonly dataDir: string
  readonly links: LinkKind
  readonly startReader: () => ReaderLink
  /** @param onOutputFailure An output of the run cannot be written: closed, or tried again while the disk is full. */
  readonly startRecords: (onOutputFailure: (error: JobError) => void) => RecordsLink
  /** A worker that keeps tables of tasks; started when the first is asked for. */
  readonly startTable: () => TableLink
  readonly inspect: () => Promise<HostReport>
  /** CPUs this machine grants, possibly a fraction. */
  readonly readCpuQuota: () => Promise<number>
  /** `INTERLEAVE_TEST_FAULTS`. */
  readonly testFaults: string | undefined
}
