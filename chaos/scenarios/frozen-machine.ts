import { setTimeout as sleep } from 'node:timers/promises'
import { eachOnce } from '../harness/crawl-results.ts'
import { makeFolder } from '../harness/folder.ts'
import { lossesOf, settledOf } from '../harness/progress.ts'
import { equal, type Scenario } from '../harness/scenario.ts'
import { signal } from '../harness/signals.ts'
import { startTarget } from '../harness/target.ts'

/** Frozen for longer than any time limit that the crawl sets. */
const SIZES = {
  small: { pages: 1_500, freezes: 1, frozenMs: 5_000, flags: ['--timeout', '3s'] },
  full: { pages: 6_000, freezes: 5, frozenMs: 120_000, flags: [] },
} as const
const LATENCY_MS = 80

/** Nothing is tried twice here, so that a time limit that counts the frozen time would fail a task. */
export const frozenMachine: Scenario = {
  name: 'frozen-machine',
  title: 'a crawl that is frozen with all its processes, as by a machine that sleeps',
  async run(context) {
    const { random, tell } = context
    const { pages, freezes, frozenMs, flags } = SIZES[context.size]
    await using target = await startTarget({ pages, latencyMs: LATENCY_MS, hosts: 1 })
    await using folder = makeFolder(context)
    folder.write('pages.txt', target.list)
    const command = folder.start([
      ...['crawl', 'pages.txt', '--model', 'processes', '--processes', '2', '--in-flight', '16'],
      ...['--retries', '0', ...flags, '--out', 'results.jsonl', '--events'],
    ])
    for (let freeze = 0; freeze < freezes; freeze += 1) {
      const settled = settledOf(command) ?? 0
      await command.settled(
        settled + Math.floor(((pages - settled) * (0.1 + 0.8 * random())) / (freezes + 1 - freeze)),
      )
      signal(-command.pid, 'SIGSTOP')
      await sleep(frozenMs)
      signal(-command.pid, 'SIGCONT')
      tell(`frozen ${freeze + 1} of ${freezes} times`)
    }
    const { code } = await command.ended
    const log = await target.ask('log')
    return {
      checks: [
        equal('exit code', code, 0),
        equal('pages the server was asked for', log.distinct, pages),
        ...eachOnce(folder, 'results.jsonl', pages),
        equal('workers lost', lossesOf(command), 0),
      ],
      figures: { pages, freezes, 'frozen ms': frozenMs, refetches: log.requests - pages },
    }
  },
}
