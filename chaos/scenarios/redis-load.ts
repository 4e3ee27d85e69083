import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningCommand } from '../../tests/support/running-command.ts'
import { startRedis } from '../../tests/support/redis-server.ts'
import { makeFolder } from '../harness/folder.ts'
import { endedWell, enoughKills, runWithKills } from '../harness/kill-everything.ts'
import { startProxy, type Proxy } from '../harness/proxy.ts'
import { between, branchOf } from '../harness/random.ts'
import { contentOf, pipeInto } from '../harness/redis-content.ts'
import { equal, type Check, type Scenario } from '../harness/scenario.ts'

const SIZES = {
  small: { lines: 40_000, kills: 3, batch: 20 },
  full: { lines: 1_000_000, kills: 20, batch: 100 },
} as const
/** Lists and counters that share what is added to them. */
const BUCKETS = 97

const textOf = (at: number): string => `record ${at} of many, long enough to be one`
const amountOf = (at: number): number => (at % 1_000) - 300

const fieldsOf = (at: number): string[] => [
  ...['bucket', String(at % BUCKETS)],
  ...['text', textOf(at), 'amount', String(amountOf(at))],
]

interface Part {
  /** 0..1 of all lines. */
  readonly share: number
  readonly flags: readonly string[]
  /** What the reference load does for a record. */
  readonly commandOf: (at: number) => string[]
}

const PROCESSES = ['--model', 'processes', '--processes', '2']

const PARTS: readonly Part[] = [
  {
    // The only one that keeps an order.
    share: 0.2,
    flags: [
      ...[...PROCESSES, '--order', 'input', '--command', 'rpush'],
      ...['--key', 'l:{field:bucket}', '--value', '{field:text}'],
    ],
    commandOf: at => ['RPUSH', `l:${at % BUCKETS}`, textOf(at)],
  },
  {
    share: 0.25,
    flags: [...PROCESSES, '--command', 'set', '--key', 's:{index}', '--value', '{field:text}'],
    commandOf: at => ['SET', `s:${at}`, textOf(at)],
  },
  {
    share: 0.2,
    flags: ['--command', 'incrby', '--key', 'c:{field:bucket}', '--value', '{field:amount}'],
    commandOf: at => ['INCRBY', `c:${at % BUCKETS}`, String(amountOf(at))],
  },
  {
    share: 0.25,
    flags: ['--command', 'hset', '--key', 'h:{index}'],
    commandOf: at => ['HSET', `h:${at}`, ...fieldsOf(at)],
  },
  {
    share: 0.1,
    flags: [...PROCESSES, '--command', 'xadd', '--key', 'stream'],
    commandOf: at => ['XADD', 'stream', '*', ...fieldsOf(at)],
  },
]

/** Half of it commands that may be repeated, half that may not; compared with a load that nobody disturbed. */
export const redisLoad: Scenario = {
  name: 'redis-load',
  title: 'loads into Redis: kill -9 of everything, connections cut and delayed',
  async run(context) {
    const { lines, kills, batch } = SIZES[context.size]
    await using redis = await startRedis()
    await using reference = await startRedis()
    await using proxy = await startProxy(redis.port)
    const rows = Array.from(
      { length: lines / 4 },
      (_, at) => `${at % BUCKETS},"${textOf(at)}",${amountOf(at)}\n`,
    )
    const ends: Check[] = []
    let [done, killed, cuts, slowestProgressMs] = [0, 0, 0, 0]
    for (const { share, flags, commandOf } of PARTS) {
      const records = lines * share
      const before = Math.round(done * kills)
      done += share
      await using folder = makeFolder(context)
      folder.write('data.csv', `bucket,text,amount\n${rows.slice(0, records).join('')}`)
      const random = branchOf(context.random)
      const to = ['--to', `redis://127.0.0.1:${proxy.port}`, '--batch', String(batch)]
      const outcome = await runWithKills(context, {
        folder,
        args: ['load', 'data.csv', ...to, ...flags],
        total: records,
        kills: Math.round(done * kills) - before,
        during: async command => {
          cuts += await disturb(proxy, command, random)
        },
      })
      ends.push(endedWell(outcome))
      killed += outcome.kills
      slowestProgressMs = Math.max(slowestProgressMs, outcome.slowestProgressMs)
      await pipeInto(reference, records, commandOf)
    }
    const [found, wanted] = [await contentOf(redis, 'ordered'), await contentOf(reference, 'ordered')]
    return {
      checks: [
        ...ends,
        equal('keys, members and digest are those of the reference load', found, wanted),
        enoughKills(context, killed, kills),
      ],
      figures: {
        lines,
        kills: killed,
        'connections cut': cuts,
        keys: found.keys,
        members: found.members,
        'slowest first progress ms': Math.round(slowestProgressMs),
      },
    }
  },
}

/**
 * Cuts all connections every now and then, and delays what goes through them; not before the load has begun, since a
 * destination that cannot be reached at the start is told and not waited for.
 *
 * @returns How many it cut.
 */
async function disturb(proxy: Proxy, command: RunningCommand, random: () => number): Promise<number> {
  let cuts = 0
  await Promise.race([command.event('worker.started').catch(() => undefined), command.ended])
  while (!command.hasEnded) {
    proxy.delay(between(random, 1, 5))
    await Promise.race([sleep(between(random, 300, 1_500)), command.ended])
    if (!command.hasEnded) cuts += proxy.cutAll()
  }
  return cuts
}
