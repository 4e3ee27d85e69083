import type { CommandFolder, Crawled } from '../../tests/support/command-folder.ts'
import { makeFolder } from '../harness/folder.ts'
import { startHostileServers, type HostileLine } from '../harness/hostile.ts'
import { atMost, equal, type Scenario } from '../harness/scenario.ts'
import { startTarget } from '../harness/target.ts'

const TASKS = { small: 2_000, full: 20_000 } as const
/** One task in so many is hostile. */
const EVERY = 10
/** Full: so long that mostly waiting is compared, and not how busy the machine is. */
const LATENCY_MS = { small: 50, full: 400 } as const
const MOST_RATIO = 1.3
const MOST_MORE_BYTES = 64 * 2 ** 20
const ARGS = [
  ...['--model', 'processes', '--processes', '2', '--in-flight', '64'],
  ...['--timeout', '4s', '--max-body', '64KiB', '--retries', '0'],
]

export const hostileServers: Scenario = {
  name: 'hostile-servers',
  title: 'a crawl of honest servers with one task in ten hostile, of every kind',
  async run(context) {
    const total = TASKS[context.size]
    const honest = total - total / EVERY
    await using target = await startTarget({ pages: honest, latencyMs: LATENCY_MS[context.size], hosts: 1 })
    await using hostile = await startHostileServers()
    await using folder = makeFolder(context)
    const pages = target.list.trimEnd().split('\n')
    const wrong = hostileLines(hostile.lines, total / EVERY)
    const calm = context.size === 'full' ? await crawl(folder, pages) : null
    const before = await target.ask('log')
    const mixed = await crawl(
      folder,
      pages.flatMap((url, at) => (at % (EVERY - 1) === 0 ? [wrong[at / (EVERY - 1)]!.url, url] : [url])),
    )
    const log = await target.ask('log')
    const { results, summary } = mixed
    const found = new Map(results.map(({ index, error }) => [index, error?.code ?? null]))
    const others = wrong.flatMap(({ url, code }, at) => {
      const got = found.get(at * EVERY)
      return got === code ? [] : [`${url.slice(0, 80)}: ${String(got)} instead of ${String(code)}`]
    })
    const bad = wrong.filter(({ code }) => code !== null).length
    return {
      checks: [
        equal('tasks', summary.tasks, {
          ...summary.tasks,
          total,
          ok: total - bad,
          failed: bad,
          remaining: 0,
        }),
        equal('hostile tasks that end otherwise than their kind says', others.length, 0),
        equal('the first of them', others[0] ?? null, null),
        equal('records', new Set(results.map(({ index }) => index)).size, total),
        equal('honest pages fetched, each once', log.requests - before.requests, honest),
        equal(
          'honest pages that are not ok',
          results.filter(({ url, ok }) => url.includes('/page/') && !ok).length,
          0,
        ),
        equal(
          'failures by kind add up',
          summary.errors.reduce((sum, { count }) => sum + count, 0),
          bad,
        ),
        equal('messages without a sense', results.filter(({ error }) => isOdd(error?.message)).length, 0),
        equal('connections to a server that nobody typed', await hostile.neighbourConnections(), 0),
        equal('workers lost', mixed.stderr.includes('worker'), false),
        ...(calm === null ? [] : comparedWith(calm, mixed)),
      ],
      figures: {
        tasks: total,
        hostile: wrong.length,
        kinds: hostile.lines(0).length,
        'pages/s': Math.round(summary.throughputPerSec ?? 0),
        'peak MiB': Math.round(summary.peakRssBytes / 2 ** 20),
        ...(calm === null ? {} : { 'times as long': ratioOf(calm, mixed) }),
      },
    }
  },
}

const ratioOf = (calm: Crawled, mixed: Crawled): number =>
  Number((mixed.summary.elapsedMs / calm.summary.elapsedMs).toFixed(2))

function comparedWith(calm: Crawled, mixed: Crawled) {
  const more = Math.round((mixed.summary.peakRssBytes - calm.summary.peakRssBytes) / 2 ** 20)
  return [
    atMost('times as long as with honest servers alone', ratioOf(calm, mixed), MOST_RATIO),
    atMost('MiB more than with honest servers alone', more, MOST_MORE_BYTES / 2 ** 20),
  ]
}

async function crawl(folder: CommandFolder, urls: readonly string[]): Promise<Crawled> {
  folder.write('pages.txt', `${urls.join('\n')}\n`)
  return folder.crawl(['pages.txt', ...ARGS])
}

function hostileLines(of: (turn: number) => readonly HostileLine[], count: number): HostileLine[] {
  const lines: HostileLine[] = []
  for (let turn = 0; lines.length < count; turn += 1) lines.push(...of(turn))
  return lines.slice(0, count)
}

/** Empty, too long, or an error of ours that was not meant for people. */
const isOdd = (message: string | undefined): boolean =>
  message !== undefined && (!/^\S.{10,299}$/.test(message) || / at .*:\d+:\d+/.test(message))
