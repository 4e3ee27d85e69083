import { setTimeout as sleep } from 'node:timers/promises'
import { startRedis } from '../../tests/support/redis-server.ts'
import { makeFolder } from '../harness/folder.ts'
import { livingWorkers, settledOf } from '../harness/progress.ts'
import { startProxy } from '../harness/proxy.ts'
import { between, oneOf } from '../harness/random.ts'
import { contentOf, pipeInto } from '../harness/redis-content.ts'
import { equal, type Scenario } from '../harness/scenario.ts'
import { signal } from '../harness/signals.ts'

/** Long: beyond the time after which a silent worker counts as dead. Short: within it. */
const SIZES = {
  small: { lines: 40_000, long: 1, short: 1 },
  full: { lines: 400_000, long: 6, short: 6 },
} as const
const BATCH = 20

const textOf = (at: number): string => `record ${at}`

/**
 * A worker is frozen while its batches are held up on their way to the server. A frozen one that was given up is let go
 * on, and its batches arrive, when another has taken over.
 */
export const frozenWorker: Scenario = {
  name: 'frozen-worker',
  title: 'a load whose workers are frozen with batches under way, and come back too late',
  async run(context) {
    const { random, tell } = context
    const { lines, long, short } = SIZES[context.size]
    await using redis = await startRedis()
    await using reference = await startRedis()
    await using proxy = await startProxy(redis.port)
    await using folder = makeFolder(context)
    folder.write('data.txt', Array.from({ length: lines }, (_, at) => `${textOf(at)}\n`).join(''))
    const command = folder.start([
      ...['load', 'data.txt', '--to', `redis://127.0.0.1:${proxy.port}`, '--batch', String(BATCH)],
      ...['--model', 'processes', '--processes', '2', '--command', 'rpush', '--key', 'all', '--events'],
    ])
    proxy.delay(2)
    const freezes = long + short
    let givenUp = 0
    for (let freeze = 0; freeze < freezes; freeze += 1) {
      const settled = settledOf(command) ?? 0
      await command.settled(
        settled + Math.floor(((lines - settled) * (0.2 + random())) / (freezes + 1 - freeze) / 2),
      )
      const pid = oneOf(random, livingWorkers(command))
      const isLong = freeze % 2 === 0 ? freeze / 2 < long : (freeze - 1) / 2 >= short
      const release = proxy.hold()
      await sleep(between(random, 0, 20))
      signal(pid, 'SIGSTOP')
      if (isLong) {
        await command.event('worker.exited', exit => exit['pid'] === pid)
        givenUp += 1
      } else await sleep(between(random, 1_000, 4_000))
      signal(pid, 'SIGCONT')
      await sleep(between(random, 0, 1_000))
      release()
      tell(`freeze ${freeze + 1} of ${freezes}`)
    }
    const { code } = await command.ended
    await pipeInto(reference, lines, at => ['RPUSH', 'all', textOf(at)])
    const [found, wanted] = [await contentOf(redis, 'any'), await contentOf(reference, 'any')]
    return {
      checks: [
        equal('exit code', code, 0),
        equal('the list is that of the reference load', found, wanted),
        equal('workers that were given up', givenUp, long),
      ],
      figures: { lines, freezes, 'given up': givenUp, members: found.members },
    }
  },
}
