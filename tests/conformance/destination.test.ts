import { DatabaseSync } from 'node:sqlite'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { jsonlDestination } from '../../engine/destination/jsonl.ts'
import { nullDestination } from '../../engine/destination/null.ts'
import { redisDestination } from '../../engine/destination/redis/redis.ts'
import { sqliteDestination } from '../../engine/destination/sqlite/sqlite.ts'
import { temporaryDirectory } from '../support/records/temporary.ts'
import { startRedis } from '../support/redis-server.ts'
import { describeDestination } from './destination.ts'

describeDestination('null', {
  kind: nullDestination,
  make: () => Promise.resolve({ to: 'null:', read: () => Promise.resolve(null) }),
})

describeDestination('jsonl', {
  kind: jsonlDestination,
  make: () =>
    Promise.resolve({
      to: `jsonl:${join(temporaryDirectory(), 'copy.jsonl')}`,
      read: outputs => {
        const lines = outputs.map(line => JSON.parse(line) as { key: number; value: string })
        return Promise.resolve(Object.fromEntries(lines.map(({ key, value }) => [String(key), value])))
      },
    }),
})

describeDestination('sqlite', {
  kind: sqliteDestination,
  make: () => {
    const path = join(temporaryDirectory(), 'data.db')
    return Promise.resolve({
      to: `sqlite:${path}`,
      read: () => {
        if (!existsSync(path)) return Promise.resolve({})
        using database = new DatabaseSync(path)
        const rows = database.prepare('SELECT key, value FROM records').all()
        return Promise.resolve(Object.fromEntries(rows.map(({ key, value }) => [String(key), String(value)])))
      },
    })
  },
})

describeDestination('redis', {
  kind: redisDestination,
  spoiled: { command: 'rpush' },
  make: async () => {
    const server = await startRedis()
    onTestFinished(() => server.stop())
    const client = await server.client()
    return {
      to: server.url,
      spoil: async () => {
        await client.set('1', 'a string is no list')
      },
      read: async () => {
        const keys = (await client.keys('*')).filter(key => !key.startsWith('interleave:'))
        const values = await Promise.all(keys.map(key => client.get(key)))
        return Object.fromEntries(keys.map((key, at) => [key, values[at] ?? '']))
      },
    }
  },
})
