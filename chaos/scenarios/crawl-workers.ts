import { setTimeout as sleep } from 'node:timers/promises'
import { eachOnce } from '../harness/crawl-results.ts'
import { makeFolder } from '../harness/folder.ts'
import { livingWorkers, lossesOf } from '../harness/progress.ts'
import { oneOf } from '../harness/random.ts'
import {
  atLeast,
  atMost,
  equal,
  type ChaosContext,
  type Scenario,
  type Verdict,
} from '../harness/scenario.ts'
import { signal } from '../harness/signals.ts'
import { startTarget, type TargetLog } from '../harness/target.ts'

/** Slow enough that the crawl lasts as long as the kills. */
const SIZES = {
  small: { pages: 10_000, kills: 5, undisturbed: 2_000, latencyMs: 40 },
  full: { pages: 100_000, kills: 60, undisturbed: 100_000, latencyMs: 80 },
} as const
const IN_FLIGHT = 64
const KILL_EVERY_MS = 1_000
/** A worker reports ten times a second, and as long again may pass until a busy machine has taken its report in. */
const UNREPORTED_SEC = 0.2
const WORKERS = 2
const LEAST_THROUGHPUT_RATIO = 0.7
const ARGS = [
  ...[
    'crawl',
    'pages.txt',
    '--model',
    'processes',
    '--processes',
    String(WORKERS),
    '--in-flight',
    String(IN_FLIGHT),
  ],
  ...['--out', 'results.jsonl', '--events'],
]

interface Crawl {
  readonly log: TargetLog
  readonly kills: number
  readonly losses: number
  readonly verdict: Verdict
}

/** Compared with the same crawl that nobody disturbed, by the server's clock. */
export const crawlWorkers: Scenario = {
  name: 'crawl-workers',
  title: 'a crawl of which a random worker is killed each second',
  async run(context) {
    const { pages, kills, undisturbed, latencyMs } = SIZES[context.size]
    const calm = await crawl(context, { pages: undisturbed, kills: 0, latencyMs })
    const { log, verdict, ...disturbed } = await crawl(context, { pages, kills, latencyMs })
    const refetches = log.requests - pages
    const ratio = Number((perSecond(log) / perSecond(calm.log)).toFixed(2))
    const unreported = (perSecond(calm.log) / WORKERS) * UNREPORTED_SEC
    return {
      checks: [
        ...calm.verdict.checks,
        ...verdict.checks,
        atLeast('kills', disturbed.kills, kills),
        equal('workers lost, as the run tells', disturbed.losses, disturbed.kills),
        // What a killed worker had in flight, and what it had settled since its last report.
        atMost('pages fetched again', refetches, Math.round(disturbed.kills * (IN_FLIGHT + unreported))),
        // A short crawl says nothing about speed.
        ...(context.size === 'full' ? [atLeast('throughput ratio', ratio, LEAST_THROUGHPUT_RATIO)] : []),
      ],
      figures: {
        ...verdict.figures,
        kills: disturbed.kills,
        refetches,
        'refetches a kill': Number((refetches / disturbed.kills).toFixed(1)),
        ...(context.size === 'full' ? { 'throughput ratio': ratio } : {}),
        'in flight a worker': IN_FLIGHT,
        'pages/s': Math.round(perSecond(log)),
      },
    }
  },
}

const perSecond = ({ distinct, firstAtMs, lastAtMs }: TargetLog): number =>
  (distinct * 1_000) / (lastAtMs - firstAtMs)

interface Work {
  readonly pages: number
  readonly kills: number
  readonly latencyMs: number
}

async function crawl(context: ChaosContext, { pages, kills, latencyMs }: Work): Promise<Crawl> {
  const { random, tell } = context
  await using target = await startTarget({ pages, latencyMs, hosts: 1 })
  await using folder = makeFolder(context)
  folder.write('pages.txt', target.list)
  const command = folder.start(ARGS)
  let killed = 0
  await command.settled(1)
  while (killed < kills) {
    await Promise.race([sleep(KILL_EVERY_MS), command.ended])
    if (command.hasEnded) break
    const victims = livingWorkers(command)
    // All may have died in the very moment before.
    if (victims.length > 0 && signal(oneOf(random, victims), 'SIGKILL')) killed += 1
    if (killed % 10 === 0) tell(`${killed} workers killed`)
  }
  const { code } = await command.ended
  const log = await target.ask('log')
  return {
    log,
    kills: killed,
    losses: lossesOf(command),
    verdict: {
      checks: [
        equal('exit code', code, 0),
        equal('pages the server was asked for', log.distinct, pages),
        ...eachOnce(folder, 'results.jsonl', pages),
      ],
      figures: { pages },
    },
  }
}
