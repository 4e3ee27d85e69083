import { performance } from 'node:perf_hooks'
import { failureOf } from '../../shared/model/error.ts'
import type { MessagePortLike } from '../records/port.ts'
import type { TableAnswer, TableMethod, TableRequest } from './port.ts'
import { TABLE_LIMITS } from './row-intake.ts'
import type { Tables } from './table-link.ts'
import { TableService } from './table-service.ts'

/** How often tables are looked for that nobody asked for lately. */
const SWEEP_EVERY_MS = 5_000

export interface TableOptions {
  readonly dataDir: string
}

/** Answers questions about the tasks of runs over `port`. */
export function serveTables(port: MessagePortLike, { dataDir }: TableOptions): void {
  const answer = (message: TableAnswer): void => port.postMessage(message)
  const service = new TableService({ dataDir, nowMs: () => performance.now(), limits: TABLE_LIMITS })
  // The message port keeps the worker alive, not tables to be let go.
  setInterval(() => service.sweep(), SWEEP_EVERY_MS).unref()
  port.on('message', message => {
    const { id, method, question } = message as TableRequest
    ask(service, method, question).then(
      value => answer({ type: 'answer', id, value }),
      (error: unknown) => answer({ type: 'refusal', id, failure: failureOf(error) }),
    )
  })
}

/** The compiler saw what each method gets where it was asked, on the other end of the port. */
const ask = (tables: Tables, method: TableMethod, question: unknown): Promise<unknown> =>
  (tables[method] as (question: unknown) => Promise<unknown>).call(tables, question)
