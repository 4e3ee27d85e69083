import { appendFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { Workbench } from '../support/cli.ts'
import { isGroupGone } from '../support/process-group.ts'
import { startRedis } from '../support/redis-server.ts'

const LINES = 100_000

const fileOf = (count: number): string =>
  Array.from({ length: count }, (_, at) => `record ${at} of many, long enough to be one\n`).join('')

it('a killed load notices before the first write that its source was changed meanwhile', async () => {
  await using bench = new Workbench()
  await using redis = await startRedis()
  const file = bench.write('data.txt', fileOf(LINES))
  const running = bench.start(['load', 'data.txt', '--to', redis.url, '--batch', '50', '--events'])
  await running.settled(5_000)
  running.killGroup()
  await running.ended
  appendFileSync(file, 'one more\n')
  await isGroupGone(running.pid, 2_000)
  const before = await redis.cli('DBSIZE')
  const { code, summary } = await bench.runJson(['resume', 'latest'])
  expect([code, summary.error?.code]).toEqual([5, 'E_SRC_CHANGED'])
  expect(await redis.cli('DBSIZE')).toBe(before)
})
