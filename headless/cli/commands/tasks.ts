import { groupDigits } from '../../../shared/locales/translate.ts'
import { printable } from '../../../shared/model/error.ts'
import type { TaskFilter, TaskRow } from '../../../shared/model/task-table.ts'
import type { CommandCall } from '../command-spec.ts'
import { isOn } from '../flag-spec.ts'
import type { Host } from '../host.ts'
import { factsOf } from '../job-title.ts'
import { readProgressMode } from '../progress/choose-progress.ts'
import { runIdOf } from '../run-id.ts'
import { refuseForeignFlags } from '../run-options.ts'
import { runSession } from '../run-session.ts'
import { readSecrets } from '../secrets.ts'
import { readTaskFilter, readTaskPage } from '../task-flags.ts'
import { paintLine, span, type Line } from '../terminal/line.ts'
import { table, type Column } from '../terminal/table.ts'

const INKS = { ok: 'ok', failed: 'failed', skipped: 'dim', quarantined: 'attention' } as const

/** `runs tasks <run>`. */
export async function tasks({ args, values }: CommandCall, host: Host): Promise<number> {
  const wanted = { runId: runIdOf(args), filter: readTaskFilter(values), offset: 0, ...readTaskPage(values) }
  await using engine = await host.openEngine(values)
  const { runId } = await engine.client.call('runs.show', { runId: wanted.runId })
  const page = await engine.client.call('tasks.page', { ...wanted, runId })
  const { output, t } = host
  if (isOn(values, 'json')) {
    output.writeOut(`${JSON.stringify({ schema: 'interleave/tasks@1', runId, ...page })}\n`)
    return 0
  }
  if (page.rows.length > 0) {
    const lines = table(columnsOf(host), page.rows, host.outSize().columns)
    output.writeOut(`${lines.map(line => paintLine(line, host.paintOut)).join('\n')}\n`)
  }
  const { matched, total, rows, gap } = page
  const counts = { shown: groupDigits(rows.length), matched: groupDigits(matched), total: groupDigits(total) }
  output.writeErr(`${t('tasks.shown', counts)}\n`)
  if (gap !== null) output.writeErr(`${t(`tasks.gap.${gap}`)}\n`)
  return 0
}

/** Without a wish, what went wrong. */
const WENT_WRONG: TaskFilter = { outcomes: ['failed', 'quarantined'] }

/** `runs retry <run>`: a run of its own over the tasks that are meant. */
export async function retry({ args, values }: CommandCall, host: Host): Promise<number> {
  readProgressMode(values)
  const wished = readTaskFilter(values)
  const filter = wished.outcomes === undefined ? { ...wished, ...WENT_WRONG } : wished
  await using engine = await host.openEngine(values)
  const { runId, job, options } = await engine.client.call('runs.show', { runId: runIdOf(args) })
  refuseForeignFlags(job.kind, values)
  const secrets = readSecrets(job, values, host)
  return await runSession(
    {
      engine,
      values,
      job: factsOf(job, options),
      begin: () => engine.client.call('tasks.retry', { runId, filter, secrets }),
    },
    host,
  )
}

function columnsOf({ t }: Host): Column<TaskRow>[] {
  return [
    { title: t('tasks.index'), align: 'right', priority: 0, cell: ({ index }) => groupDigits(index) },
    { title: t('tasks.outcome'), align: 'left', priority: 1, cell: outcomeCell },
    { title: t('tasks.status'), align: 'right', priority: 4, cell: ({ status }) => String(status ?? '') },
    { title: t('tasks.totalMs'), align: 'right', priority: 5, cell: ({ totalMs }) => totalMs.toFixed(1) },
    { title: t('tasks.attempts'), align: 'right', priority: 7, cell: ({ attempts }) => String(attempts) },
    { title: t('tasks.error'), align: 'left', priority: 3, cell: ({ error }) => error?.code ?? '' },
    {
      title: t('tasks.input'),
      align: 'left',
      priority: 2,
      minWidth: 20,
      isFlexible: true,
      cell: ({ input, error }) => printable([input, error?.message].filter(Boolean).join(' · ')),
    },
  ]
}

const outcomeCell = ({ outcome }: TaskRow): Line => [span(outcome, INKS[outcome])]
