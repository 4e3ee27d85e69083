import { JobError, type Failure } from '../../shared/model/error.ts'
import type { MessagePortLike, RecordsAnswer, RecordsMethod, RecordsRequest } from './port.ts'
import type { Records } from './protocol.ts'

export interface RecordsConnection {
  readonly records: Records
  /** Fails every request that is under way and every later one: the records worker is gone. */
  disconnect(reason: JobError): void
}

export interface ConnectionOptions {
  /** An output cannot be written (`E_DEST_DOWN`: standard output was closed; `E_DISK_FULL`: tried again by itself). */
  readonly onOutputFailure?: (error: JobError) => void
}

interface Waiting {
  readonly resolve: (value: never) => void
  readonly reject: (error: JobError) => void
}

/** The supervisor's end of the port to a records worker. Failures arrive as `JobError`. */
export function connectRecords(port: MessagePortLike, options: ConnectionOptions = {}): RecordsConnection {
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let gone: JobError | null = null

  const ask = <T>(method: RecordsMethod, argument: unknown): Promise<T> =>
    new Promise<T>((resolve, reject: (error: JobError) => void) => {
      if (gone !== null) {
        reject(gone)
        return
      }
      lastId += 1
      waiting.set(lastId, { resolve, reject })
      const request: RecordsRequest = { type: 'request', id: lastId, method, argument }
      port.postMessage(request)
    })

  port.on('message', message => {
    const answer = message as RecordsAnswer
    if (answer.type === 'output.failed') {
      options.onOutputFailure?.(jobErrorOf(answer.failure))
      return
    }
    const request = waiting.get(answer.id)
    waiting.delete(answer.id)
    if (answer.type === 'answer') request?.resolve(answer.value as never)
    else request?.reject(jobErrorOf(answer.failure))
  })

  return {
    records: {
      create: request => ask('create', request),
      open: request => ask('open', request),
      commit: commit => ask('commit', commit),
      finish: () => ask('finish', null),
      close: ending => ask('close', ending),
      list: () => ask('list', null),
      show: runId => ask('show', runId),
      exportRun: request => ask('exportRun', request),
      remove: runId => ask('remove', runId),
      trash: runId => ask('trash', runId),
      restore: runId => ask('restore', runId),
      purge: what => ask('purge', what),
      resolve: runId => ask('resolve', runId),
      changes: since => ask('changes', since),
      tag: request => ask('tag', request),
      history: runId => ask('history', runId),
      findUnfinished: job => ask('findUnfinished', job),
    },
    disconnect: reason => {
      gone = reason
      for (const { reject } of waiting.values()) reject(reason)
      waiting.clear()
    },
  }
}

const jobErrorOf = ({ code, message }: Failure): JobError => new JobError(code, message)
