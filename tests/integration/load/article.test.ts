import { describe, expect, it } from 'vitest'
import { Workbench } from '../../support/cli.ts'
import { loadAsArticle } from '../../support/load/article.ts'
import { linesOfEveryKind } from '../../support/load/lines-of-every-kind.ts'
import { startRedis } from '../../support/redis-server.ts'

const LINES = 30_000

const SET_UPS: readonly (readonly string[])[] = [
  [],
  ['--model', 'sequential'],
  ['--model', 'threads', '--threads', '2', '--partition', 'chunk'],
  ['--model', 'processes', '--processes', '2', '--partition', 'dynamic', '--batch', '7'],
  ['--model', 'hybrid', '--processes', '2', '--threads', '2', '--partition', 'stride'],
  ['--model', 'processes', '--processes', '3', '--partition', 'chunk', '--order', 'input'],
]

describe('a load without flags', () => {
  it.each(SET_UPS.map(flags => ({ flags })))(
    'leaves in Redis exactly what the script of the article leaves: $flags',
    async ({ flags }) => {
      await using bench = new Workbench()
      const file = bench.write('data.txt', linesOfEveryKind(LINES, 20_261_122))
      const config = ['--enable-debug-command', 'yes']
      await using reference = await startRedis({ config })
      await using redis = await startRedis({ config })
      loadAsArticle(file, reference.port)
      const { code, summary } = await bench.runJson(['load', file, '--to', redis.url, ...flags])
      expect(code).toBe(0)
      const keys = await reference.cli('DBSIZE')
      expect([String(summary.tasks.ok), await redis.cli('DBSIZE')]).toEqual([keys, keys])
      expect(await redis.cli('DEBUG', 'DIGEST')).toBe(await reference.cli('DEBUG', 'DIGEST'))
    },
  )

  it('reads standard input and packed files like the file itself', async () => {
    await using bench = new Workbench()
    const content = linesOfEveryKind(3_000, 7)
    const file = bench.write('data.txt', content)
    const config = ['--enable-debug-command', 'yes']
    await using reference = await startRedis({ config })
    await using redis = await startRedis({ config })
    loadAsArticle(file, reference.port)
    const wanted = await reference.cli('DEBUG', 'DIGEST')
    const { gzipSync, zstdCompressSync } = await import('node:zlib')
    bench.write('data.txt.gz', gzipSync(content))
    bench.write('data.txt.zst', zstdCompressSync(content))
    const ways: readonly [readonly string[], Buffer?][] = [
      [['data.txt.gz']],
      [['data.txt.zst', '--model', 'processes', '--processes', '2']],
      [['-'], content],
      [['-', '--spool', '--model', 'threads', '--threads', '2'], content],
    ]
    for (const [args, input] of ways) {
      await redis.cli('FLUSHALL')
      const options = input === undefined ? {} : { input }
      const { code } = await bench.runJson(['load', ...args, '--to', redis.url], options)
      expect([args, code, await redis.cli('DEBUG', 'DIGEST')]).toEqual([args, 0, wanted])
    }
  })
})
