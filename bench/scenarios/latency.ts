import { createReadStream, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { runInterleave } from '../harness/interleave.ts'
import { startNginx } from '../harness/nginx.ts'
import { runRounds } from '../harness/rounds.ts'
import { runCommand } from '../harness/run-command.ts'
import {
  atLeast,
  type BenchOptions,
  type Contender,
  type Report,
  type Scenario,
} from '../harness/scenario.ts'
import { writeUrlList } from '../harness/url-list.ts'
import { forkSite } from '../../headless/site/fork.ts'

const PAGES = 20_000
const LATENCY_SEC = 0.05
const IN_FLIGHT = 64
const CEILING_PER_SEC = IN_FLIGHT / LATENCY_SEC

const DISPATCH = fileURLToPath(new URL('../peers/undici-dispatch.mjs', import.meta.url))
const SITE = new URL('../../headless/entries/site.ts', import.meta.url)

/** @returns Seconds from the start of the first request to the last result. */
async function spanOf(results: string): Promise<number> {
  let firstMs = Infinity
  let lastMs = 0
  for await (const line of createInterface({ input: createReadStream(results) })) {
    const { startedAtMs, totalMs } = JSON.parse(line) as { startedAtMs: number; totalMs: number }
    firstMs = Math.min(firstMs, startedAtMs)
    lastMs = Math.max(lastMs, startedAtMs + totalMs)
  }
  return (lastMs - firstMs) / 1_000
}

/** @returns The address of a page that takes 50 ms, and how to end its server. */
async function startSlowServer(
  workDir: string,
): Promise<{ page: string; server: AsyncDisposable; note: string }> {
  const nginx = await startNginx(workDir, 0)
  if (nginx.hasSlowPage)
    return { page: `${nginx.origin}/slow`, server: nginx, note: 'server: nginx with its echo module' }
  await nginx[Symbol.asyncDispose]()
  const site = await forkSite(SITE)
  return {
    page: `${site.origin}/page/0?latency=50`,
    server: site,
    note: 'server: the built-in site, not pinned, because nginx has no echo module here',
  }
}

function contendersOf({ workDir }: BenchOptions, list: string, pages: number): Contender[] {
  const results = join(workDir, 'results.jsonl')
  const args = [
    'crawl',
    list,
    '--model',
    'loop',
    '--in-flight',
    String(IN_FLIGHT),
    '--out',
    results,
    '--force',
  ]
  return [
    {
      name: 'interleave',
      run: async () => {
        const { measured } = await runInterleave({ args, core: 1, workDir })
        const value = pages / (await spanOf(results))
        rmSync(results)
        return { value, also: { 'of C/latency': value / CEILING_PER_SEC, 'whole s': measured.seconds } }
      },
    },
    {
      name: 'undici dispatch',
      run: async () => {
        const measured = await runCommand({
          line: [process.execPath, DISPATCH, list, String(IN_FLIGHT)],
          core: 1,
        })
        const value = pages / (JSON.parse(measured.stdout) as { seconds: number }).seconds
        return { value, also: { 'of C/latency': value / CEILING_PER_SEC, 'whole s': measured.seconds } }
      },
    },
  ]
}

async function run(options: BenchOptions): Promise<Report> {
  const pages = options.isQuick ? PAGES / 10 : PAGES
  const { page, server, note } = await startSlowServer(options.workDir)
  await using _server = server
  const list = join(options.workDir, 'slow.txt')
  writeUrlList(list, page, pages)
  const rounds = await runRounds(contendersOf(options, list, pages), options.rounds)
  const rows = rounds.table('pages/s', 'undici dispatch')
  const share = rows.find(row => row.name === 'interleave')?.['of C/latency']
  return {
    rows,
    goals: [atLeast('interleave, share of C/latency', Number(share), 0.93)],
    notes: [
      note,
      `C/latency is ${CEILING_PER_SEC} pages/s; rates are from the first request to the last result`,
    ],
  }
}

export const latency: Scenario = {
  name: 'latency',
  title: 'crawl pages that take 50 ms, 64 in flight, pinned',
  run,
}
