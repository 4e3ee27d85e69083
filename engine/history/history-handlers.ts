import type { Handlers } from '../../shared/contract/contract.ts'
import { keptJob } from '../../shared/model/kept-job.ts'
import type { KeptRecords } from './kept-records.ts'
import { RunsWatcher } from './runs-watcher.ts'
import { TrashKeeper } from './trash-keeper.ts'

/** What is asked about runs from their journals, whoever owns them. */
export function historyHandlers(records: KeptRecords): HandlerGroup {
  const trash = new TrashKeeper(question => records.ask(question))
  const watcher = new RunsWatcher(since => records.ask(each => each.changes(since)))
  return {
    handlers: {
      'run.find': async ({ job }) => ({
        runId: await records.ask(each => each.findUnfinished(keptJob(job))),
      }),
      'run.history': ({ runId }) => records.ask(each => each.history(runId)),
      'runs.list': () => records.ask(each => each.list()),
      'runs.show': async ({ runId }) => {
        const detail = await records.ask(each => each.show(runId))
        return { ...detail, job: keptJob(detail.job) }
      },
      'runs.delete': ({ runId, undoable }) => {
        trash.lookOnce()
        return undoable === true ? trash.trash(runId) : records.ask(each => each.remove(runId))
      },
      'runs.restore': ({ runId }) => trash.restore(runId),
      'runs.tag': async ({ runId, tags }) => {
        await records.ask(each => each.tag({ runId, tags }))
        return null
      },
      'runs.watch': (_, port) => {
        trash.lookOnce()
        watcher.add(port)
      },
    },
    close: async () => {
      watcher.close()
      await trash.close()
    },
  }
}

interface HandlerGroup {
  readonly handlers: Pick<
    Handlers,
    | 'run.find'
    | 'run.history'
    | 'runs.list'
    | 'runs.show'
    | 'runs.delete'
    | 'runs.restore'
    | 'runs.tag'
    | 'runs.watch'
  >
  close(): Promise<void>
}
