import { eachOnce } from '../harness/crawl-results.ts'
import { makeFolder } from '../harness/folder.ts'
import { endedWell, enoughKills, runWithKills } from '../harness/kill-everything.ts'
import { atMost, equal, type Scenario } from '../harness/scenario.ts'
import { startTarget } from '../harness/target.ts'

const SIZES = { small: { pages: 5_000, kills: 3 }, full: { pages: 50_000, kills: 20 } } as const
const HOSTS = 8
const PER_HOST = 4
const LATENCY_MS = 15

export const crawlEverything: Scenario = {
  name: 'crawl-everything',
  title: 'a crawl that is killed with all its processes, and its limit for each host',
  async run(context) {
    const { pages, kills } = SIZES[context.size]
    await using target = await startTarget({ pages, latencyMs: LATENCY_MS, hosts: HOSTS })
    await using folder = makeFolder(context)
    folder.write('pages.txt', target.list)
    const outcome = await runWithKills(context, {
      folder,
      args: [
        ...['crawl', 'pages.txt', '--model', 'processes', '--processes', '2', '--in-flight', '32'],
        ...['--per-host', String(PER_HOST), '--out', 'results.jsonl'],
      ],
      total: pages,
      kills,
    })
    const log = await target.ask('log')
    return {
      checks: [
        endedWell(outcome),
        equal('pages the server was asked for', log.distinct, pages),
        ...eachOnce(folder, 'results.jsonl', pages),
        atMost('requests to one host at one moment', log.mostInFlight, PER_HOST),
        enoughKills(context, outcome.kills, kills),
      ],
      figures: {
        pages,
        kills: outcome.kills,
        refetches: log.requests - pages,
        'most at one host': log.mostInFlight,
        'slowest first progress ms': Math.round(outcome.slowestProgressMs),
      },
    }
  },
}
