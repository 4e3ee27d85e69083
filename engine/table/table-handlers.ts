import type { Handlers } from '../../shared/contract/contract.ts'
import type { EnginePorts } from '../ports.ts'
import type { Runs } from '../run/runs.ts'
import { Exports } from './exports.ts'
import { retryTasks } from './retry.ts'
import type { TableLink, Tables } from './table-link.ts'

type TableHandlers = Pick<
  Handlers,
  | 'tasks.page'
  | 'tasks.show'
  | 'tasks.breakdown'
  | 'tasks.pivot'
  | 'tasks.stream'
  | 'tasks.retry'
  | 'export.make'
  | 'export.read'
  | 'export.drop'
>

interface HandlerGroup {
  readonly handlers: TableHandlers
  close(): Promise<void>
}

/** Questions about single tasks of runs, and exports for views that have no files of their own. */
export function tableHandlers({ dataDir, startTable }: EnginePorts, runs: Runs): HandlerGroup {
  const exports = new Exports(dataDir)
  let link: TableLink | null = null
  const tables = (): Tables => {
    if (link?.isOpen !== true) link = startTable()
    return link.tables
  }
  return {
    handlers: {
      'tasks.page': question => tables().page(question),
      'tasks.show': question => tables().show(question),
      'tasks.breakdown': question => tables().breakdown(question),
      'tasks.pivot': question => tables().pivot(question),
      'tasks.stream': question => tables().stream(question),
      'tasks.retry': wish => retryTasks({ dataDir, tables: tables(), runs }, wish),
      'export.make': wanted => exports.make(tables(), wanted),
      'export.read': async ({ exportId, offset }) => ({ bytes: await exports.read(exportId, offset) }),
      'export.drop': async ({ exportId }) => {
        await exports.drop(exportId)
        return null
      },
    },
    close: async () => {
      await link?.close()
      await exports.close()
    },
  }
}
