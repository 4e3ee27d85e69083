import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { startRedis } from '../../tests/support/redis-server.ts'
import { makeFolder } from '../harness/folder.ts'
import { settledOf, summaryOf } from '../harness/progress.ts'
import { contentOf, pipeInto } from '../harness/redis-content.ts'
import { equal, type Scenario } from '../harness/scenario.ts'

const SIZES = { small: { lines: 60_000, downMs: 5_000 }, full: { lines: 1_000_000, downMs: 60_000 } } as const
const BATCH = 50

const textOf = (at: number): string => `record ${at}`

/** Once it is killed and comes back with what it had saved, once it is only frozen. */
export const redisStopped: Scenario = {
  name: 'redis-stopped',
  title: 'a load whose Redis is killed for a while, then frozen for a while',
  async run(context) {
    const { random, tell } = context
    const { lines, downMs } = SIZES[context.size]
    await using redis = await startRedis()
    await using reference = await startRedis()
    await using folder = makeFolder(context)
    folder.write('data.txt', Array.from({ length: lines }, (_, at) => `${textOf(at)}\n`).join(''))
    const command = folder.start([
      ...['load', 'data.txt', '--to', redis.url, '--batch', String(BATCH), '--rejects', 'rejects.jsonl'],
      ...['--model', 'processes', '--processes', '2', '--command', 'rpush', '--key', 'all', '--events'],
    ])
    await command.settled(Math.floor(lines * random() * 0.3))
    await redis.restart({ keepData: true, whileDown: () => sleep(downMs) })
    tell(`was down for ${downMs} ms`)
    const settled = settledOf(command) ?? 0
    await command.settled(Math.min(settled + Math.floor((lines - settled) * random() * 0.5) + 1, lines))
    redis.pause()
    await sleep(downMs)
    redis.resume()
    const { code } = await command.ended
    await pipeInto(reference, lines, at => ['RPUSH', 'all', textOf(at)])
    const [found, wanted] = [await contentOf(redis, 'any'), await contentOf(reference, 'any')]
    return {
      checks: [
        equal('exit code', code, 0),
        equal('the list is that of the reference load', found, wanted),
        equal('there is a file of rejects', existsSync(folder.path('rejects.jsonl')), false),
        equal('rejected', summaryOf(command)?.tasks.failed, 0),
      ],
      figures: { lines, 'down ms': downMs, members: found.members },
    }
  },
}
