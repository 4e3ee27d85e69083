import type { LookupAddress } from 'node:dns'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Resolver, type OnResolved } from '../../../../../engine/executor/http/resolver.ts'

type Answer = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void

const { asked } = vi.hoisted(() => ({ asked: [] as { name: string; answer: Answer }[] }))
vi.mock('node:dns', () => ({
  lookup: (name: string, _options: object, answer: Answer) => void asked.push({ name, answer }),
}))

const addresses = (count: number): LookupAddress[] =>
  Array.from({ length: count }, (_, at) => ({ address: `192.0.2.${at % 256}`, family: 4 }))
const missing = (): NodeJS.ErrnoException => Object.assign(new Error('no'), { code: 'ENOTFOUND' })

let nowMs = 0
beforeEach(() => {
  nowMs = 0
  asked.length = 0
  vi.stubEnv('UV_THREADPOOL_SIZE', '4')
})

describe('C44 the resolver', () => {
  it('asks once for all who want a name, and again when its answer is old', () => {
    const resolver = new Resolver(() => nowMs, 1_000)
    const heard = vi.fn<OnResolved>()
    for (let times = 0; times < 3; times += 1) resolver.resolve('a.example', heard)
    expect(asked.map(({ name }) => name)).toEqual(['a.example'])
    asked[0]!.answer(null, addresses(1))
    expect(heard).toHaveBeenCalledTimes(3)
    resolver.resolve('a.example', heard)
    expect([asked.length, heard.mock.calls.length]).toEqual([1, 4])
    nowMs = 1_001
    resolver.resolve('a.example', heard)
    expect(asked.length).toBe(2)
  })

  it('leaves a thread to files however many names nobody answers for', () => {
    const resolver = new Resolver(() => nowMs, 1_000)
    const heard = vi.fn<OnResolved>()
    for (let at = 0; at < 100; at += 1) resolver.resolve(`n${at}.example`, heard)
    expect(asked.length).toBe(3)
    for (let at = 0; at < 100; at += 1) asked[at]!.answer(missing(), [])
    expect([asked.length, heard.mock.calls.length]).toEqual([100, 100])
    expect(heard.mock.calls.every(([error]) => error?.code === 'ENOTFOUND')).toBe(true)
  })

  it('keeps sixteen of a thousand addresses, and takes none for a failure', () => {
    const resolver = new Resolver(() => nowMs, 1_000)
    const heard = vi.fn<OnResolved>()
    resolver.resolve('many.example', heard)
    asked[0]!.answer(null, addresses(1_000))
    expect(heard.mock.calls[0]![1].length).toBe(16)
    resolver.resolve('none.example', heard)
    asked[1]!.answer(null, [])
    expect(heard.mock.calls[1]![0]?.code).toBe('ENODATA')
    // Nothing that failed is remembered.
    resolver.resolve('none.example', heard)
    expect(asked.length).toBe(3)
  })
})
