import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { runInterleave } from '../harness/interleave.ts'
import { startNginx } from '../harness/nginx.ts'
import { atMost, type BenchOptions, type Goal, type Report, type Scenario } from '../harness/scenario.ts'
import { writeUrlList } from '../harness/url-list.ts'

const MEBIBYTE = 2 ** 20
const MEGABYTE = 1e6
const MILLION = 1_000_000

interface Point {
  readonly name: string
  readonly pages: number
  readonly parallelism: readonly string[]
}

const processes = (count: number, pages: number): Point => ({
  name: `processes ${count}`,
  pages,
  parallelism: ['--model', 'processes', '--processes', String(count)],
})

function pointsOf({ isQuick, isFull }: BenchOptions): Point[] {
  const pages = isQuick ? 20_000 : 100_000
  const loop = (count: number): Point => ({
    name: `loop, ${count} pages`,
    pages: count,
    parallelism: ['--model', 'loop', '--in-flight', '64'],
  })
  const sizes = isQuick ? [pages] : [pages, MILLION]
  return [
    ...sizes.map(loop),
    ...(isFull ? [loop(10 * MILLION)] : []),
    processes(1, pages),
    processes(2, pages),
    processes(3, pages),
  ]
}

async function peakBytes(options: BenchOptions, origin: string, point: Point): Promise<number> {
  const list = join(options.workDir, 'memory.txt')
  writeUrlList(list, `${origin}/page`, point.pages)
  try {
    const args = ['crawl', list, ...point.parallelism]
    const { measured } = await runInterleave({ args, core: null, workDir: options.workDir })
    return measured.peakRssBytes
  } finally {
    rmSync(list)
  }
}

function goalsOf(peaks: ReadonlyMap<string, number>): Goal[] {
  const peak = (name: string): number => peaks.get(name)!
  const loops = [...peaks.keys()].filter(name => name.startsWith('loop'))
  const perProcess = (peak('processes 3') - peak('processes 1')) / 2
  const goals = loops.map(name => atMost(`${name}, MB`, peak(name) / MEGABYTE, 300))
  goals.push(atMost('each further process, MB', perProcess / MEGABYTE, 150))
  const [million, tenMillion] = [`loop, ${MILLION} pages`, `loop, ${10 * MILLION} pages`]
  if (peaks.has(tenMillion)) {
    const growth = peak(tenMillion) / peak(million) - 1
    goals.push(atMost('growth from one to ten million pages', growth, 0.2))
  }
  return goals
}

async function run(options: BenchOptions): Promise<Report> {
  await using nginx = await startNginx(options.workDir, null)
  const peaks = new Map<string, number>()
  for (const point of pointsOf(options)) {
    peaks.set(point.name, await peakBytes(options, nginx.origin, point))
    console.error(`  ${point.name}: ${Math.round(peaks.get(point.name)! / MEBIBYTE)} MiB`)
  }
  return {
    rows: [...peaks].map(([name, bytes]) => ({ name, 'peak RSS MB': bytes / MEGABYTE })),
    goals: goalsOf(peaks),
    notes: [
      'largest sum of resident bytes over the process tree, ten samples a second; pages that processes share count in each',
      ...(options.isFull ? [] : ['ten million pages run with --full']),
    ],
  }
}

export const memory: Scenario = {
  name: 'memory',
  title: 'memory of the whole process tree while crawling',
  run,
}
