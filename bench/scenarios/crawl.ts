import { join } from 'node:path'
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
  type Sample,
  type Scenario,
} from '../harness/scenario.ts'
import { writeUrlList } from '../harness/url-list.ts'
import { PYTHON } from '../setup.ts'

const PAGES = 50_000
const IN_FLIGHT = 64
const MEBIBYTE = 2 ** 20

/** Where server and client run. */
interface Placement {
  readonly server: number | null
  readonly client: number | null
}

interface Peer {
  readonly name: string
  readonly program: string
  readonly script: string
  readonly arg: number
  /** Pages it gets unless everything runs at full size: the slowest would take minutes a round. */
  readonly pages: number
}

const PEERS: readonly Peer[] = [
  {
    name: 'undici dispatch',
    program: process.execPath,
    script: 'undici-dispatch.mjs',
    arg: IN_FLIGHT,
    pages: PAGES,
  },
  { name: 'requests pool 16', program: PYTHON, script: 'requests_pool.py', arg: 16, pages: 5_000 },
  { name: 'aiohttp sem 10', program: PYTHON, script: 'aiohttp_semaphore.py', arg: 10, pages: 10_000 },
  { name: 'scrapy', program: PYTHON, script: 'scrapy_crawl.py', arg: IN_FLIGHT, pages: 2_000 },
]

const peerPath = (script: string): string => fileURLToPath(new URL(`../peers/${script}`, import.meta.url))

interface Figures {
  readonly pages: number
  readonly seconds: number
  readonly innerSeconds: number
  readonly cpuSec: number
  readonly peakRssBytes: number
}

/** @param isWhole Whether the compared rate includes the start of the process. */
function sampleOf({ pages, seconds, innerSeconds, cpuSec, peakRssBytes }: Figures, isWhole: boolean): Sample {
  return {
    value: pages / (isWhole ? seconds : innerSeconds),
    also: {
      pages,
      'inner/s': pages / innerSeconds,
      'CPU ms/1k': (cpuSec * 1e6) / pages,
      'RSS MiB': peakRssBytes / MEBIBYTE,
    },
  }
}

interface Field {
  readonly options: BenchOptions
  readonly client: number | null
  /** Writes a list of so many pages, once. @returns Its path. */
  readonly listOf: (pages: number) => string
}

function interleaveContender({ options, client, listOf }: Field, pages: number): Contender {
  const list = listOf(pages)
  const args = ['crawl', list, '--model', 'loop', '--in-flight', String(IN_FLIGHT)]
  return {
    name: 'interleave',
    run: async () => {
      const { summary, measured } = await runInterleave({ args, core: client, workDir: options.workDir })
      if (summary.tasks.total !== pages)
        throw new Error(`${summary.tasks.total} of ${pages} pages were crawled`)
      return sampleOf({ pages, innerSeconds: summary.elapsedMs / 1_000, ...measured }, true)
    },
  }
}

function peerContender({ options, client, listOf }: Field, peer: Peer): Contender {
  const atFullSize = options.isFull ? PAGES : peer.pages
  const pages = options.isQuick ? atFullSize / 10 : atFullSize
  const line = [peer.program, peerPath(peer.script), listOf(pages), String(peer.arg)] as const
  return {
    name: peer.name,
    run: async () => {
      const measured = await runCommand({ line: [...line], core: client })
      const { ok, seconds } = JSON.parse(measured.stdout) as { ok: number; seconds: number }
      if (ok !== pages) throw new Error(`${peer.name}: ${ok} of ${pages} pages were right`)
      // Fewer pages give the start more weight, which would be unfair to the peer: then only the crawl itself counts.
      return sampleOf({ pages, innerSeconds: seconds, ...measured }, atFullSize === PAGES)
    },
  }
}

async function crawl(options: BenchOptions, placement: Placement): Promise<Report> {
  await using nginx = await startNginx(options.workDir, placement.server)
  const listOf = (pages: number): string => {
    const file = join(options.workDir, `pages-${pages}.txt`)
    writeUrlList(file, `${nginx.origin}/page`, pages)
    return file
  }
  const field = { options, client: placement.client, listOf }
  const contenders = [
    interleaveContender(field, options.isQuick ? PAGES / 10 : PAGES),
    ...PEERS.map(peer => peerContender(field, peer)),
  ]
  const rounds = await runRounds(contenders, options.rounds)
  const ratio = (peer: string): number => rounds.ratio('interleave', peer)
  return {
    rows: rounds.table('pages/s', 'interleave'),
    goals: [
      atLeast('interleave / undici dispatch', ratio('undici dispatch'), 0.6),
      atLeast('interleave / requests pool 16', ratio('requests pool 16'), 10),
      atLeast('interleave / aiohttp sem 10', ratio('aiohttp sem 10'), 5),
      atLeast('interleave / scrapy', ratio('scrapy'), 30),
    ],
    notes: [
      'pages/s is of the whole process, start included; for peers with fewer pages it is of the crawl alone, in their favour',
    ],
  }
}

/** 1-KiB pages on loopback, server on core 0 and client on core 1: what a page costs each client. */
export const crawlPinned: Scenario = {
  name: 'crawl',
  title: 'crawl 1-KiB pages from nginx on loopback, 64 in flight, pinned',
  run: options => crawl(options, { server: 0, client: 1 }),
}

/** The same with both cores for everyone. */
export const crawlFree: Scenario = {
  name: 'crawl-free',
  title: 'crawl 1-KiB pages from nginx on loopback, 64 in flight, free on all cores',
  run: options => crawl(options, { server: null, client: null }),
}
