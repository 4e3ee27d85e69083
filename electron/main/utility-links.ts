import type { FromProcess } from '../../engine/pool/envelope.ts'
import { CarriedProcess, type Child } from '../../engine/pool/carried-process.ts'
import type { ReaderLink } from '../../engine/pool/reader-link.ts'
import type { LinkKind } from '../../engine/pool/worker-link.ts'
import type { RecordsLink } from '../../engine/ports.ts'
import { connectRecords } from '../../engine/records/connect-records.ts'
import type { MessagePortLike } from '../../engine/records/port.ts'
import type { FromReader } from '../../engine/source/reader-protocol.ts'
import { connectTables } from '../../engine/table/connect-tables.ts'
import type { TableLink } from '../../engine/table/table-link.ts'
import { JobError } from '../../shared/model/error.ts'
import type { UtilityChild, UtilityChildren } from './utility-child.ts'

/** See the web host's: a task that hoards memory ends soon, and alone. */
const WORKER_FLAGS = ['--max-old-space-size=1024', '--max-semi-space-size=8']

interface UtilityLinksOptions {
  /** Folder of the built modules. */
  readonly folder: string
  readonly dataDir: string
  /** Variables of our own, read when a process is started. */
  readonly env: () => Readonly<Record<string, string>>
  readonly children: UtilityChildren
}

/** What the engine is given by the desktop app: everything beside the main process is a utility process. */
export const makeUtilityLinks = (options: UtilityLinksOptions) => ({
  links: workerLinks(options),
  startReader: (): ReaderLink => startReader(options),
  startRecords: (onOutputFailure: (error: JobError) => void): RecordsLink =>
    startRecords(options, onOutputFailure),
  startTable: (): TableLink => startTable(options),
})

const workerLinks = ({ children, folder, env }: UtilityLinksOptions): LinkKind => ({
  startProcess: ({ isThreaded }) => {
    const child = children.start({
      folder,
      role: 'worker-process',
      argument: isThreaded ? 'threads' : 'main',
      execArgv: WORKER_FLAGS,
      env: env(),
    })
    return new CarriedProcess(asChild(child), { isThreaded })
  },
})

const asChild = (child: UtilityChild): Child => ({
  get pid() {
    return child.pid
  },
  get isAlive() {
    return child.isAlive
  },
  post: message => child.post(message),
  onMessage: listener => child.onMessage(message => listener(message as FromProcess)),
  onExit: listener => child.onExit(listener),
  leave: () => child.leave(),
  kill: () => child.kill(),
})

function startReader({ children, folder, env }: UtilityLinksOptions): ReaderLink {
  const child = children.start({ folder, role: 'reader', argument: 'reader', env: env() })
  return {
    post: message => child.post(message),
    onMessage: listener => child.onMessage(message => listener(message as FromReader)),
    onExit: listener => child.onExit(({ code, detail }) => listener(code === 0 ? null : detail)),
    close: () => child.kill(),
  }
}

function startRecords(
  { children, folder, dataDir }: UtilityLinksOptions,
  onOutputFailure: (error: JobError) => void,
): RecordsLink {
  const child = children.start({ folder, role: 'records', argument: dataDir })
  const connection = connectRecords(portOf(child), { onOutputFailure })
  child.onExit(({ detail }) =>
    connection.disconnect(new JobError('E_INTERNAL', `the records worker ended: ${detail}`)),
  )
  return { records: connection.records, close: () => child.end() }
}

function startTable({ children, folder, dataDir }: UtilityLinksOptions): TableLink {
  const child = children.start({ folder, role: 'table', argument: dataDir })
  const connection = connectTables(portOf(child))
  child.onExit(({ detail }) =>
    connection.disconnect(new JobError('E_INTERNAL', `the table worker ended: ${detail}`)),
  )
  return {
    tables: connection.tables,
    get isOpen() {
      return child.isAlive
    },
    close: () => child.end(),
  }
}

const portOf = (child: UtilityChild): MessagePortLike => ({
  postMessage: message => child.post(message),
  on: (_event, listener) => child.onMessage(listener),
})
