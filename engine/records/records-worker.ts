import { failureOf } from '../../shared/model/error.ts'
import { performance } from 'node:perf_hooks'
import { loadDestination } from '../destination/registry.ts'
import type { MessagePortLike, RecordsAnswer, RecordsRequest } from './port.ts'
import type { CreateRun, OpenRun, Records, RunCommit } from './protocol.ts'
import { RecordsService } from './records-service.ts'

export interface RecordsOptions {
  readonly dataDir: string
}

/** Answers requests of a supervisor over `port`, in the order in which they come as far as they touch the journal. */
export function serveRecords(port: MessagePortLike, { dataDir }: RecordsOptions): void {
  const answer = (message: RecordsAnswer): void => port.postMessage(message)
  const service = new RecordsService({
    dataDir,
    nowMs: () => performance.now(),
    loadDestination,
    onOutputFailure: error => answer({ type: 'output.failed', failure: failureOf(error) }),
  })
  port.on('message', message => {
    const { id, method, argument } = message as RecordsRequest
    call(service, method, argument).then(
      value => answer({ type: 'answer', id, value }),
      (error: unknown) => answer({ type: 'refusal', id, failure: failureOf(error) }),
    )
  })
}

/** The compiler sees here that each method gets what {@link Records} says it gets. */
function call(records: Records, method: RecordsRequest['method'], argument: unknown): Promise<unknown> {
  switch (method) {
    case 'create':
      return records.create(argument as CreateRun)
    case 'open':
      return records.open(argument as OpenRun)
    case 'commit':
      return records.commit(argument as RunCommit)
    case 'finish':
      return records.finish()
    case 'close':
      return records.close(argument as Parameters<Records['close']>[0])
    case 'list':
      return records.list()
    case 'show':
      return records.show(argument as string)
    case 'exportRun':
      return records.exportRun(argument as Parameters<Records['exportRun']>[0])
    case 'remove':
      return records.remove(argument as string)
    case 'trash':
      return records.trash(argument as string)
    case 'restore':
      return records.restore(argument as string)
    case 'purge':
      return records.purge(argument as Parameters<Records['purge']>[0])
    case 'resolve':
      return records.resolve(argument as string)
    case 'changes':
      return records.changes(argument as Parameters<Records['changes']>[0])
    case 'tag':
      return records.tag(argument as Parameters<Records['tag']>[0])
    case 'history':
      return records.history(argument as string)
    case 'findUnfinished':
      return records.findUnfinished(argument as Parameters<Records['findUnfinished']>[0])
  }
}
