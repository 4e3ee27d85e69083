import { describe, expect, it } from 'vitest'
import { GateHolder } from '../../../../../engine/executor/crawl/gate-holder.ts'
import type { ExecutorContext } from '../../../../../engine/executor/executor.ts'

function fakeGates() {
  const log: string[] = []
  const starts: (() => void)[] = []
  const context = {
    enterHost: (host: string, start: () => void) => {
      log.push(`wish ${host}`)
      starts.push(start)
      return () => log.push(`withdraw ${host}`)
    },
    leaveHost: (host: string) => log.push(`leave ${host}`),
  } as unknown as ExecutorContext
  return { context, log, starts }
}

const policy = {
  capOf: (host: string) => (host.startsWith('free') ? Infinity : 1),
  delayMs: 0,
  ratePerSec: null,
}

describe('GateHolder', () => {
  it('leaves its host before it asks for the next, and gives each permit back once', () => {
    const { context, log, starts } = fakeGates()
    const holder = new GateHolder(context, policy)
    holder.adopt('a:80')
    holder.enter('b:80', () => log.push('entered'))
    starts[0]!()
    holder.leave()
    holder.leave()

    expect(log).toEqual(['leave a:80', 'wish b:80', 'entered', 'leave b:80'])
  })

  it('gives back a permit that comes after its wish was withdrawn', () => {
    const { context, log, starts } = fakeGates()
    const holder = new GateHolder(context, policy)
    holder.enter('b:80', () => log.push('entered'))
    holder.leave()
    starts[0]!()

    expect(log).toEqual(['wish b:80', 'withdraw b:80', 'leave b:80'])
  })

  it('asks nobody for hosts that nothing bounds, and for the rate alone where there is one', () => {
    const { context, log, starts } = fakeGates()
    new GateHolder(context, policy).enter('free:80', () => log.push('entered'))
    const rated = new GateHolder(context, { ...policy, ratePerSec: 5 })
    rated.enter('free:80', () => log.push('entered'))
    starts[0]!()
    rated.leave()

    expect(log).toEqual(['entered', 'wish free:80', 'entered'])
  })
})
