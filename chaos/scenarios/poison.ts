import { makeFolder } from '../harness/folder.ts'
import { lossesOf } from '../harness/progress.ts'
import { between } from '../harness/random.ts'
import { atMost, equal, type Scenario } from '../harness/scenario.ts'
import { startTarget } from '../harness/target.ts'

/** An endless loop takes the heartbeat's limit for each death, and a full heap seconds: the small size goes without. */
const SIZES = {
  small: { pages: 1_000, kinds: ['abort', 'crash', 'overflow', 'exit', 'abort'] },
  full: { pages: 10_000, kinds: ['abort', 'crash', 'oom', 'overflow', 'spin'] },
} as const
const MOST_DEATHS = 20

export const poison: Scenario = {
  name: 'poison',
  title: 'a crawl with five tasks that end their worker, each in another way',
  async run(context) {
    const { pages, kinds } = SIZES[context.size]
    await using target = await startTarget({ pages, latencyMs: 5, hosts: 1 })
    await using folder = makeFolder(context)
    folder.write('pages.txt', target.list)
    const poisoned = new Set<number>()
    while (poisoned.size < kinds.length) poisoned.add(between(context.random, 0, pages - 1))
    const faults = [...poisoned].map((index, at) => `${kinds[at]}@${index}`).join(',')
    const command = folder.start(
      [
        ...['crawl', 'pages.txt', '--model', 'processes', '--processes', '2', '--in-flight', '32'],
        ...['--out', 'results.jsonl', '--events'],
      ],
      { env: { INTERLEAVE_TEST_FAULTS: faults } },
    )
    const { code } = await command.ended
    const results = folder.results('results.jsonl')
    const quarantined = results.filter(({ outcome }) => outcome === 'quarantined').map(({ index }) => index)
    const log = await target.ask('log')
    const ascending = (indexes: Iterable<number>): number[] => [...indexes].sort((a, b) => a - b)
    return {
      checks: [
        equal('exit code: some tasks went wrong', code, 3),
        equal('quarantined tasks', ascending(quarantined), ascending(poisoned)),
        equal('tasks that are ok', results.filter(({ ok }) => ok).length, pages - kinds.length),
        equal('tasks with a record', new Set(results.map(({ index }) => index)).size, pages),
        equal('pages the server was asked for', log.distinct, pages - kinds.length),
        atMost('deaths of workers', lossesOf(command), MOST_DEATHS),
      ],
      figures: { pages, faults, quarantined: quarantined.length, deaths: lossesOf(command) },
    }
  },
}
