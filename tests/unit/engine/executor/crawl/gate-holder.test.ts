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

describe('GateHolder', () => {
  it('leaves its host before it asks for the next, and gives each permit back once', () => {
    const { context, log, starts } = fakeGates()
    const holder = new GateHolder(context)
    holder.adopt('a:80')
    holder.enter('b:80', () => log.push('entered'))
    starts[0]!()
    holder.leave()
    holder.leave()

    expect(log).toEqual(['leave a:80', 'wish b:80', 'entered', 'leave b:80'])
  })

  it('gives back a permit that comes after its wish was withdrawn', () => {
    const { context, log, starts } = fakeGates()
    const holder = new GateHolder(context)
    holder.enter('b:80', () => log.push('entered'))
    holder.leave()
    starts[0]!()

    expect(log).toEqual(['wish b:80', 'withdraw b:80', 'leave b:80'])
  })
})
