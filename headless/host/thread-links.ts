import { Worker } from 'node:worker_threads'
import type { RecordsLink } from '../../engine/ports.ts'
import type { ReaderLink } from '../../engine/pool/reader-link.ts'
import { connectRecords } from '../../engine/records/connect-records.ts'
import { connectTables } from '../../engine/table/connect-tables.ts'
import type { TableLink } from '../../engine/table/table-link.ts'
import { JobError } from '../../shared/model/error.ts'
import type { FromReader } from '../../engine/source/reader-protocol.ts'

/** What these threads make is short-lived: a larger nursery would only keep more of it in memory. */
const SMALL_NURSERY = { maxYoungGenerationSizeMb: 12 }

/** @param env Variables that it has besides those of this process. @returns A reader in a thread of this process. */
export function startReaderThread(entry: URL, env: Readonly<Record<string, string>> = {}): ReaderLink {
  const thread = new Worker(entry, {
    stdin: false,
    resourceLimits: SMALL_NURSERY,
    env: { ...process.env, ...env },
  })
  let problem: string | null = null
  return {
    post: message => thread.postMessage(message),
    onMessage: listener => thread.on('message', (message: FromReader) => listener(message)),
    onExit: listener => {
      thread.on('error', error => {
        problem = error instanceof Error ? error.message : String(error)
      })
      thread.on('exit', code => listener(problem ?? (code === 0 ? null : `exit code ${code}`)))
    },
    close: () => void thread.terminate(),
  }
}

/** @returns A records worker in a thread of this process. */
export function startRecordsThread(
  entry: URL,
  dataDir: string,
  onOutputFailure: (error: JobError) => void,
): RecordsLink {
  const thread = new Worker(entry, { workerData: { dataDir }, resourceLimits: SMALL_NURSERY })
  const connection = connectRecords(thread, { onOutputFailure })
  let problem = 'without a reason'
  thread.on('error', error => {
    problem = error instanceof Error ? error.message : String(error)
  })
  thread.on('exit', () => {
    connection.disconnect(new JobError('E_INTERNAL', `the records worker ended: ${problem}`))
  })
  return {
    records: connection.records,
    close: async () => {
      await thread.terminate()
    },
  }
}

/** @returns A table worker in a thread of this process. */
export function startTableThread(entry: URL, dataDir: string): TableLink {
  const thread = new Worker(entry, { workerData: { dataDir }, resourceLimits: SMALL_NURSERY })
  const connection = connectTables(thread)
  let isOpen = true
  let problem = 'without a reason'
  thread.on('error', error => {
    problem = error instanceof Error ? error.message : String(error)
  })
  thread.on('exit', () => {
    isOpen = false
    connection.disconnect(new JobError('E_INTERNAL', `the table worker ended: ${problem}`))
  })
  return {
    tables: connection.tables,
    get isOpen() {
      return isOpen
    },
    close: async () => {
      await thread.terminate()
    },
  }
}
