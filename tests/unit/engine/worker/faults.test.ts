import { describe, expect, it, vi } from 'vitest'
import { parseFaults, strike } from '../../../../engine/worker/faults.ts'

describe('test faults', () => {
  it('are read from a list of kinds and indexes', () => {
    expect(parseFaults('abort@17, oom@99,spin@120,exit@0,crash@5,overflow@6')).toEqual([
      ['abort', 17],
      ['oom', 99],
      ['spin', 120],
      ['exit', 0],
      ['crash', 5],
      ['overflow', 6],
    ])
  })

  it.each([undefined, '', 'abort', 'abort@', 'abort@-1', 'abort@1.5', 'explode@3', '@4', 'abort@1@'])(
    'ignore %o',
    text => {
      expect(parseFaults(text).filter(([, index]) => index !== 1)).toEqual([])
    },
  )

  it('end the process', () => {
    const abort = vi.spyOn(process, 'abort').mockImplementation(() => undefined as never)
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never)
    strike('abort')
    strike('exit')
    expect([abort.mock.calls, exit.mock.calls]).toEqual([[[]], [[0]]])
  })
})
