import { SimpleError } from '@redis/client'
import { describe, expect, it } from 'vitest'

import type { RedisClient } from '../../../../../engine/destination/redis/redis-client.ts'
import {
  checkServer,
  factsWhenReady,
  identityOf,
  parseFacts,
} from '../../../../../engine/destination/redis/server-facts.ts'
import type { RedisTarget } from '../../../../../shared/model/load-target.ts'

const target: RedisTarget = { kind: 'redis', socket: { host: '::1', port: 7_000 }, db: 0, username: null }

const INFO = {
  redis_version: '7.0.15',
  run_id: 'abc',
  role: 'master',
  cluster_enabled: '0',
  maxmemory: '0',
  maxmemory_policy: 'noeviction',
}

const factsOf = (given: Readonly<Record<string, string>> = {}) =>
  parseFacts(
    `# Server\r\n${Object.entries({ ...INFO, ...given })
      .map(([name, value]) => `${name}:${value}\r\n`)
      .join('')}`,
  )

describe('checkServer', () => {
  it.each([
    [{}],
    [{ redis_version: '6.0.0' }],
    [{ maxmemory: '1000', maxmemory_policy: 'volatile-lru' }],
    [{ maxmemory: '0', maxmemory_policy: 'allkeys-lru' }],
    [{ maxmemory: '1000' }],
  ])('takes a server with %j', given => {
    checkServer(factsOf(given), target)
  })

  it.each([
    [{ redis_version: '5.0.14' }, /Redis at \[::1\]:7000 is 5\.0\.14; Redis 6 or newer is needed/],
    [{ redis_version: '' }, /6 or newer/],
    [
      { role: 'slave', master_host: '10.0.0.1', master_port: '6379' },
      /replica.*its primary 10\.0\.0\.1:6379/,
    ],
    [{ cluster_enabled: '1' }, /part of a cluster/],
    [
      { maxmemory: '1000', maxmemory_policy: 'allkeys-lfu' },
      /allkeys-lfu\): CONFIG SET maxmemory-policy noeviction/,
    ],
  ])('refuses a server with %j and says what to do', (given, message) => {
    expect(() => checkServer(factsOf(given), target)).toThrow(
      expect.objectContaining({ code: 'E_CONFIG', message: expect.stringMatching(message) }),
    )
  })
})

describe('identityOf', () => {
  it('is the run_id of the server, without which nothing begins', () => {
    expect(identityOf(factsOf(), target)).toBe('abc')
    expect(() => identityOf(factsOf({ run_id: '' }), target)).toThrow(/run_id/)
  })
})

describe('factsWhenReady', () => {
  const clientOf = (answers: readonly (string | Error)[]) => {
    const left = [...answers]
    const info = (): Promise<string> => {
      const answer = left.shift() ?? ''
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
    }
    return { info } as unknown as RedisClient
  }

  it('waits while the server loads its data or runs a script', async () => {
    const busy = new SimpleError('BUSY Redis is busy running a script.')
    const loading = new SimpleError('LOADING Redis is loading the dataset in memory')
    const client = clientOf([loading, 'loading:1\r\nrun_id:a', busy, 'loading:0\r\nrun_id:b'])
    expect((await factsWhenReady(client, target)).get('run_id')).toBe('b')
  })

  it('does not wait for what does not pass', async () => {
    const client = clientOf([new SimpleError('NOAUTH Authentication required.'), 'run_id:b'])
    await expect(factsWhenReady(client, target)).rejects.toThrow('NOAUTH')
  })
})
