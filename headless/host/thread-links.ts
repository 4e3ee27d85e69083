import { Worker } from 'node:worker_threads'
import type { RecordsLink } from '../../engine/engine.ts'
import type { ReaderLink } from '../../engine/pool/reader-link.ts'
import { connectRecords } from '../../engine/records/connect-records.ts'
import type { FromReader } from '../../engine/source/reader-protocol.ts'

/** @returns A reader in a thread of this process. */
export function startReaderThread(entry: URL): ReaderLink {
  const thread = new Worker(entry, { stdin: false })
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
export function startRecordsThread(entry: URL, dataDir: string): RecordsLink {
  const thread = new Worker(entry, { workerData: { dataDir } })
  return {
    records: connectRecords(thread),
    close: async () => {
      await thread.terminate()
    },
  }
}
