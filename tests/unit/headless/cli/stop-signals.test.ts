import { EventEmitter } from 'node:events'

import { describe, expect, it } from 'vitest'

import { StopSignals } from '../../../../headless/cli/stop-signals.ts'
import { PHASE } from '../../../../shared/model/run.ts'

function makeSignals() {
  const asked: (number | string)[] = []
  const signals = new StopSignals({
    onPhase: phase => asked.push(phase),
    onGiveUp: code => asked.push(`exit ${code}`),
  })
  return { asked, signals }
}

describe('StopSignals', () => {
  it('drains, then aborts, then kills, then gives up', () => {
    const { asked, signals } = makeSignals()
    for (let count = 0; count < 4; count += 1) signals.handle('SIGINT')
    expect(asked).toEqual([PHASE.drain, PHASE.abort, PHASE.kill, 'exit 130'])
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 143],
  ] as const)('answers %s with exit code %i, whatever follows it', (first, code) => {
    const { signals } = makeSignals()
    signals.handle(first)
    signals.handle('SIGINT')
    signals.handle('SIGTERM')
    expect([signals.received, signals.exitCode]).toEqual([first, code])
  })

  it('listens only while attached', () => {
    const { asked, signals } = makeSignals()
    const emitter = new EventEmitter()
    signals.attach(emitter as never)
    emitter.emit('SIGTERM')
    signals.detach(emitter as never)
    emitter.emit('SIGTERM')
    expect(asked).toEqual([PHASE.drain])
    expect(emitter.eventNames()).toEqual([])
  })
})
