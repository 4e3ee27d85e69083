import { join } from 'node:path'
import { mkdirSync, rmSync } from 'node:fs'
import { startDashboard, watchNextRun } from '../harness/dashboard.ts'
import { startNginx } from '../harness/nginx.ts'
import { runCommand } from '../harness/run-command.ts'
import { runRounds } from '../harness/rounds.ts'
import {
  atLeast,
  atMost,
  type BenchOptions,
  type Report,
  type Sample,
  type Scenario,
} from '../harness/scenario.ts'
import { writeUrlList } from '../harness/url-list.ts'
import type { Summary } from '../harness/interleave.ts'
import { fileURLToPath } from 'node:url'

const COMMAND = fileURLToPath(new URL('../../bin/interleave.mjs', import.meta.url))
const PAGES = 20_000
const IN_FLIGHT = 64

/** A crawl of the command line, with a host over the same data directory, and a page that watches it or none. */
async function crawlOnce(list: string, workDir: string, isWatched: boolean): Promise<Sample> {
  const dataDir = join(workDir, 'watched')
  rmSync(dataDir, { recursive: true, force: true })
  mkdirSync(dataDir, { recursive: true })
  await using dashboard = await startDashboard(dataDir)
  await using watcher = isWatched ? await watchNextRun(dashboard) : null
  const flags = ['--in-flight', String(IN_FLIGHT), '--json', '--quiet', '--data-dir', dataDir]
  const { stdout } = await runCommand({
    line: [process.execPath, COMMAND, 'crawl', list, ...flags],
    core: null,
  })
  const { tasks, throughputPerSec } = JSON.parse(stdout) as Summary
  if (tasks.ok !== tasks.total) throw new Error(`${tasks.ok} of ${tasks.total} pages were right`)
  const watching = await watcher?.read()
  return {
    value: throughputPerSec,
    also: {
      'first paint ms': watching?.firstPaintMs ?? NaN,
      'messages/s': watching?.messagesPerSec ?? NaN,
      'heap MiB': watching?.heapMiB ?? NaN,
    },
  }
}

async function compare(options: BenchOptions): Promise<Report> {
  await using nginx = await startNginx(options.workDir, null)
  if (!nginx.hasSlowPage) throw new Error('nginx has no echo module, and so no page that lets wait')
  const list = join(options.workDir, 'slow.txt')
  writeUrlList(list, `${nginx.origin}/slow`, options.isQuick ? PAGES / 10 : PAGES)
  const rounds = await runRounds(
    [
      { name: 'nobody looks', run: () => crawlOnce(list, options.workDir, false) },
      { name: 'a page is open', run: () => crawlOnce(list, options.workDir, true) },
    ],
    options.rounds,
  )
  const most = (column: string): number =>
    Math.max(...rounds.samples('a page is open').map(({ also }) => also[column]!))
  return {
    rows: rounds.table('pages/s', 'nobody looks'),
    goals: [
      atLeast('a page is open / nobody looks', rounds.ratio('a page is open', 'nobody looks'), 0.97),
      atMost('messages to a page in a second', most('messages/s'), 60),
      atMost('heap of the page, MiB', most('heap MiB'), 300),
      atMost('first paint after the page was asked for, ms', most('first paint ms'), 1_000),
    ],
    notes: [
      'pages answer after 50 ms: the run waits, as crawls do, and the browser has CPU to draw with (software rendering)',
      'the run is one of the command line; the page watches it through the host, by its control socket',
    ],
  }
}

/** What it costs a run that somebody looks at it, and what looking takes. */
export const dashboard: Scenario = {
  name: 'dashboard',
  title: 'crawl with the dashboard open against closed',
  run: compare,
}
