import { setTimeout as sleep } from 'node:timers/promises'
import type { CommandFolder } from '../../tests/support/command-folder.ts'
import { livingMembers } from '../../tests/support/process-group.ts'
import type { RunningCommand } from '../../tests/support/running-command.ts'
import { eachOnce } from '../harness/crawl-results.ts'
import { makeFolder } from '../harness/folder.ts'
import { between, oneOf } from '../harness/random.ts'
import { atMost, equal, type ChaosContext, type Check, type Scenario } from '../harness/scenario.ts'
import { startTarget, type Target } from '../harness/target.ts'

const SIZES = { small: { calm: 5, hung: 1 }, full: { calm: 40, hung: 10 } } as const
/** Drain, abort and kill with their deadlines, and a second. */
const STOP_MS = 8_000
const LEAVE_MS = 1_000
const PAGES_A_STOP = 300
const HUNG_PAGES = 500
const CRAWL = [
  ...['crawl', 'pages.txt', '--model', 'processes', '--processes', '2', '--in-flight', '8'],
  ...['--out', 'results.jsonl', '--events'],
]

interface Stopped {
  readonly stopMs: number
  readonly codes: readonly (number | null)[]
  /** Processes of the group that were left a second later. */
  readonly left: number
}

/** Calm stops of one crawl that is resumed again and again, then stops with every connection hung and a worker in a busy loop. */
export const stops: Scenario = {
  name: 'stops',
  title: 'stops at random moments, some while everything hangs',
  async run(context) {
    const { calm, hung } = SIZES[context.size]
    const stopped: Stopped[] = []
    const checks: Check[] = await stopCalm(context, calm, stopped)
    for (let stop = 0; stop < hung; stop += 1) {
      checks.push(...(await stopHung(context, stopped)))
      context.tell(`${stop + 1} of ${hung} hung stops`)
    }
    const times = stopped.map(({ stopMs }) => Math.round(stopMs)).sort((a, b) => a - b)
    return {
      checks: [
        ...checks.filter(({ holds }) => !holds),
        equal('every resume ended exactly', checks.filter(({ holds }) => !holds).length, 0),
        equal('stops', stopped.length, calm + hung),
        atMost('slowest stop in ms', times.at(-1)!, STOP_MS),
        equal(
          'processes left',
          stopped.reduce((sum, { left }) => sum + left, 0),
          0,
        ),
      ],
      figures: {
        stops: stopped.length,
        hung,
        'median ms': times[times.length >> 1]!,
        'slowest ms': times.at(-1)!,
      },
    }
  },
}

async function stopCalm(context: ChaosContext, count: number, stopped: Stopped[]): Promise<Check[]> {
  const { random, tell } = context
  const pages = count * PAGES_A_STOP
  await using target = await startTarget({ pages, latencyMs: 30, hosts: 1 })
  await using folder = makeFolder(context)
  folder.write('pages.txt', target.list)
  let args = CRAWL
  const checks: Check[] = []
  for (let stop = 0; stop < count; stop += 1) {
    const command = folder.start(args)
    // There is nothing to resume before it has begun.
    await command.event('run.started')
    const { codes, ...end } = await stopBy(context, command, between(random, 0, 1_200))
    stopped.push({ codes, ...end })
    checks.push(equal('exit code of a stop', codes.includes((await command.ended).code), true))
    args = ['resume', 'latest', '--events']
    if (stop % 10 === 9) tell(`${stop + 1} of ${count} calm stops`)
  }
  return [...checks, ...(await endExactly(folder, target, pages))]
}

async function stopHung(context: ChaosContext, stopped: Stopped[]): Promise<Check[]> {
  const { random } = context
  await using target = await startTarget({ pages: HUNG_PAGES, latencyMs: 10, hosts: 1 })
  await using folder = makeFolder(context)
  folder.write('pages.txt', target.list)
  const spinning = between(random, 50, HUNG_PAGES / 2)
  const command = folder.start(CRAWL, { env: { INTERLEAVE_TEST_FAULTS: `spin@${spinning}` } })
  await command.settled(1)
  await target.ask('hold')
  const { codes, ...end } = await stopBy(context, command, between(random, 0, 2_000))
  stopped.push({ codes, ...end })
  const { code } = await command.ended
  await target.ask('release')
  return [
    equal('exit code of a stop', codes.includes(code), true),
    ...(await endExactly(folder, target, HUNG_PAGES)),
  ]
}

/** Signals after a while, and waits until no process is left. */
async function stopBy({ random }: ChaosContext, command: RunningCommand, afterMs: number): Promise<Stopped> {
  await Promise.race([sleep(afterMs), command.ended])
  const name = oneOf(random, ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  const startedMs = performance.now()
  // From a terminal the whole group hears it.
  if (name === 'SIGINT' && !command.hasEnded) process.kill(-command.pid, name)
  else command.signal(name)
  await command.ended
  const stopMs = performance.now() - startedMs
  if (livingMembers(command.pid).length > 0) await sleep(LEAVE_MS)
  return { stopMs, codes: name === 'SIGINT' ? [130, 0] : [143, 0], left: livingMembers(command.pid).length }
}

async function endExactly(folder: CommandFolder, target: Target, pages: number): Promise<Check[]> {
  const { code } = await folder.run(['resume', 'latest', '--quiet'])
  const log = await target.ask('log')
  return [
    equal('exit code of the last resume', code, 0),
    equal('pages the server was asked for', log.distinct, pages),
    ...eachOnce(folder, 'results.jsonl', pages),
  ]
}
