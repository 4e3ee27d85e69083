import { clock } from '../../../shared/locales/format.ts'
import { groupDigits } from '../../../shared/locales/translate.ts'
import { printable } from '../../../shared/model/error.ts'
import type { JobSpec } from '../../../shared/model/job.ts'
import type { RunEntry } from '../../../shared/model/run.ts'
import { CommandError } from '../command-error.ts'
import type { CommandCall } from '../command-spec.ts'
import { isOn } from '../flag-spec.ts'
import { factsOf } from '../job-title.ts'
import { runIdOf } from '../run-id.ts'
import type { Host } from '../host.ts'
import { readOutMode, readOutputs } from '../run-options.ts'
import { cutLine, paintLine, span, type Line } from '../terminal/line.ts'
import { table, type Column } from '../terminal/table.ts'
import { summaryLines } from '../summary-lines.ts'
import { parallelismText } from '../progress/words.ts'

/** `runs` and `runs list`. */
export async function list({ values }: CommandCall, host: Host): Promise<number> {
  await using engine = await host.openEngine(values)
  const runs = await engine.client.call('runs.list', {})
  if (isOn(values, 'json')) writeDocument(host, { schema: 'interleave/runs@1', runs })
  else if (runs.length === 0) host.output.writeErr(`${host.t('runs.none')}\n`)
  else writeLines(host, table(columnsOf(host, runs), runs, host.outSize().columns))
  return 0
}

/** `runs show <id>`. */
export async function show({ args, values }: CommandCall, host: Host): Promise<number> {
  await using engine = await host.openEngine(values)
  const detail = await engine.client.call('runs.show', { runId: runIdOf(args) })
  if (isOn(values, 'json')) {
    writeDocument(host, { schema: 'interleave/run@1', ...detail })
    return 0
  }
  const { t, glyphs } = host
  const facts: [string, string][] = [
    [t('runs.id'), detail.runId],
    [t('runs.title'), `${detail.kind} ${detail.title}`],
    [t('runs.started'), localTime(detail.startedAt)],
    [t('runs.parallelism'), parallelismText(detail.parallelism)],
    ...(detail.tags.length === 0
      ? []
      : [[t('runs.tags'), printable(detail.tags.join(', '))] as [string, string]]),
  ]
  const factLines = facts.map(([label, value]): Line => [span(`${label}: `, 'dim'), span(value)])
  const summary = summaryLines(detail.summary, {
    columns: host.outSize().columns,
    t,
    glyphs,
    isResumable: isResumable(detail.job),
    job: factsOf(detail.job, detail.options),
  })
  writeLines(host, [...factLines, [], ...summary])
  return 0
}

/** Standard input is read once, unless a copy is kept. */
function isResumable(job: JobSpec): boolean {
  if (job.kind === 'cpu' || !job.inputs.includes('-')) return true
  return job.kind === 'crawl' ? job.crawl.spool : job.load.spool
}

/** `runs export <id> --out FILE`. */
export async function exportRun({ args, values }: CommandCall, host: Host): Promise<number> {
  const mode = readOutMode(values)
  const outputs = readOutputs(values, mode, host.cwd, 'export')
  if (outputs.length === 0) throw new CommandError(t => t('usage.outNeeded'))
  const isSpreadsheetSafe = isOn(values, 'spreadsheet-safe')
  await using engine = await host.openEngine(values)
  const { runId } = await engine.client.call('runs.show', { runId: runIdOf(args) })
  const written: { readonly out: string; readonly records: number }[] = []
  for (const out of outputs) {
    const { records } = await engine.client.call('runs.export', { runId, out, mode, isSpreadsheetSafe })
    written.push({ out, records })
    if (!isOn(values, 'quiet') && out !== '-') {
      host.output.writeErr(`${host.t('runs.exported', { count: records, file: out })}\n`)
    }
  }
  if (isOn(values, 'json')) writeDocument(host, { schema: 'interleave/export@1', runId, written })
  return 0
}

/** `runs delete <id>`. */
export async function remove({ args, values }: CommandCall, host: Host): Promise<number> {
  await using engine = await host.openEngine(values)
  const removed = await engine.client.call('runs.delete', { runId: runIdOf(args) })
  const { runId, left } = removed
  if (isOn(values, 'json')) writeDocument(host, { schema: 'interleave/deleted@1', ...removed })
  else if (!isOn(values, 'quiet')) host.output.writeErr(`${host.t('runs.deleted', { run: runId })}\n`)
  if (left !== undefined && !isOn(values, 'quiet'))
    host.output.writeErr(`${host.t('runs.left', { to: left })}\n`)
  return 0
}

const writeDocument = ({ output }: Host, document: object): void =>
  output.writeOut(`${JSON.stringify(document)}\n`)

const writeLines = ({ output, paintOut }: Host, lines: readonly Line[]): void =>
  output.writeOut(`${lines.map(line => paintLine(line, paintOut)).join('\n')}\n`)

function columnsOf({ t }: Host, runs: readonly RunEntry[]): Column<RunEntry>[] {
  const tags: Column<RunEntry> = { title: t('runs.tags'), align: 'left', priority: 4, cell: tagsText }
  return [
    { title: t('runs.id'), align: 'left', priority: 0, cell: ({ runId }) => runId },
    { title: t('runs.kind'), align: 'left', priority: 3, cell: ({ kind }) => kind },
    { title: t('runs.state'), align: 'left', priority: 1, cell: entry => stateCell(entry, t) },
    {
      title: t('runs.tasks'),
      align: 'right',
      priority: 2,
      cell: tasksText,
    },
    {
      title: t('progress.failedShort'),
      align: 'right',
      priority: 5,
      cell: ({ tasks }) => groupDigits(tasks.failed + tasks.quarantined),
    },
    { title: t('runs.elapsed'), align: 'right', priority: 6, cell: ({ elapsedMs }) => clock(elapsedMs) },
    { title: t('runs.started'), align: 'left', priority: 7, cell: ({ startedAt }) => localTime(startedAt) },
    ...(runs.some(run => run.tags.length > 0) ? [tags] : []),
    {
      title: t('runs.title'),
      align: 'left',
      priority: 4,
      minWidth: 12,
      isFlexible: true,
      cell: ({ title }) => title,
    },
  ]
}

/** Most columns of a terminal that tags take in a list. */
const TAGS_COLUMNS = 24

function tagsText({ tags }: RunEntry): Line {
  return cutLine([span(printable(tags.join(', ')))], TAGS_COLUMNS)
}

/** @returns `1,200/4,000`; `0/?` where a run ended before it was known how many there are. */
function tasksText({ state, tasks }: RunEntry): string {
  const isUnknown = tasks.total === 0 && state !== 'done'
  return `${groupDigits(tasks.total - tasks.remaining)}/${isUnknown ? '?' : groupDigits(tasks.total)}`
}

function stateCell({ state, isOwned }: RunEntry, t: Host['t']): Line {
  const name = t(`state.${state}`)
  const isEnded = state === 'done' || state === 'stopped' || state === 'failed'
  if (isOwned) return [span(t('runs.owned', { state: name }), 'accent')]
  // Nobody owns it, so whatever it was doing has been interrupted.
  if (!isEnded) return [span(t('runs.interrupted'), 'attention')]
  return [span(name, state === 'done' ? 'ok' : state === 'failed' ? 'failed' : 'attention')]
}

/** @param iso A time in UTC. @returns The same as clocks here show it, `2026-11-22 13:05`. */
function localTime(iso: string): string {
  const at = new Date(iso)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`
}
