import { JobError } from '../../shared/model/error.ts'
import type { MessagePortLike } from '../records/port.ts'
import type { TableAnswer, TableMethod, TableRequest } from './port.ts'
import type { Tables } from './table-link.ts'

interface Waiting {
  readonly resolve: (value: never) => void
  readonly reject: (error: JobError) => void
}

export interface TableConnection {
  readonly tables: Tables
  /** Fails every question that is under way and every later one: the table worker is gone. */
  disconnect(reason: JobError): void
}

/** The engine's end of the port to a table worker. Failures arrive as `JobError`. */
export function connectTables(port: MessagePortLike): TableConnection {
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let gone: JobError | null = null

  const ask = <T>(method: TableMethod, question: unknown): Promise<T> =>
    new Promise<T>((resolve, reject: (error: JobError) => void) => {
      if (gone !== null) {
        reject(gone)
        return
      }
      lastId += 1
      waiting.set(lastId, { resolve, reject })
      const request: TableRequest = { id: lastId, method, question }
      port.postMessage(request)
    })

  port.on('message', message => {
    const answer = message as TableAnswer
    const asked = waiting.get(answer.id)
    waiting.delete(answer.id)
    if (answer.type === 'answer') asked?.resolve(answer.value as never)
    else asked?.reject(new JobError(answer.failure.code, answer.failure.message))
  })

  return {
    tables: {
      describe: question => ask('describe', question),
      page: question => ask('page', question),
      show: question => ask('show', question),
      breakdown: question => ask('breakdown', question),
      pivot: question => ask('pivot', question),
      stream: question => ask('stream', question),
      writeInputs: question => ask('writeInputs', question),
      writeRecords: question => ask('writeRecords', question),
    },
    disconnect: reason => {
      gone = reason
      for (const { reject } of waiting.values()) reject(reason)
      waiting.clear()
    },
  }
}
