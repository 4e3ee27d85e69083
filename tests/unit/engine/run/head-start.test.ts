import { describe, expect, it } from 'vitest'

import type { ReaderLink } from '../../../../engine/pool/reader-link.ts'
import type { ProcessLink } from '../../../../engine/pool/worker-link.ts'
import { HeadStart } from '../../../../engine/run/head-start.ts'
import type { Parallelism } from '../../../../shared/model/fields/parallelism.ts'
import { parseJob } from '../../../../shared/model/job-schema.ts'

const CPU = parseJob({ schema: 'interleave/job@1', kind: 'cpu' })
const LOAD = parseJob({ schema: 'interleave/job@1', kind: 'load', inputs: ['/data.txt'] })
const PARALLELISM: Parallelism = {
  model: 'loop',
  processes: 1,
  threads: 1,
  inFlight: 4,
  partition: 'dynamic',
  order: 'completion',
}

function setUp({ job = LOAD } = {}) {
  const processes: { isAlive: boolean; isKilled: boolean; link: ProcessLink }[] = []
  const readers: { isClosed: boolean; exit: () => void; link: ReaderLink }[] = []
  const starters = {
    links: {
      startProcess: () => {
        const state = { isAlive: true, isKilled: false, link: undefined as unknown as ProcessLink }
        state.link = {
          pid: processes.length + 1,
          get isAlive() {
            return state.isAlive
          },
          startWorker: () => {
            throw new Error('nothing is started in it here')
          },
          close: () => undefined,
          kill: () => {
            state.isKilled = true
          },
        }
        processes.push(state)
        return state.link
      },
    },
    startReader: () => {
      const listeners: (() => void)[] = []
      const state = {
        isClosed: false,
        exit: () => listeners.forEach(listener => listener()),
        link: undefined as unknown as ReaderLink,
      }
      state.link = {
        post: () => undefined,
        onMessage: () => undefined,
        onExit: listener => listeners.push(() => listener('gone')),
        close: () => {
          state.isClosed = true
        },
      }
      readers.push(state)
      return state.link
    },
  }
  return { headStart: new HeadStart(starters, job, PARALLELISM), processes, readers }
}

describe('HeadStart', () => {
  it('hands out what it started once, and starts more when asked', () => {
    const { headStart, processes, readers } = setUp()
    const { links } = headStart
    expect(links.startProcess({ isThreaded: false })).toBe(processes[0]!.link)
    expect(links.startProcess({ isThreaded: false }).pid).toBe(2)
    expect(headStart.startReader()).toBe(readers[0]!.link)
    expect(headStart.startReader()).toBe(readers[1]!.link)
  })

  it('ends what nobody took', () => {
    const { headStart, processes, readers } = setUp()
    headStart.close()
    expect([processes[0]!.isKilled, readers[0]!.isClosed]).toEqual([true, true])
  })

  it('leaves alone what was taken', () => {
    const { headStart, processes, readers } = setUp()
    headStart.links.startProcess({ isThreaded: false })
    headStart.startReader()
    headStart.close()
    expect([processes[0]!.isKilled, readers[0]!.isClosed]).toEqual([false, false])
  })

  it('gives nobody a process or a reader that is dead already', () => {
    const { headStart, processes, readers } = setUp()
    processes[0]!.isAlive = false
    readers[0]!.exit()
    expect(headStart.links.startProcess({ isThreaded: false }).pid).toBe(2)
    expect(headStart.startReader()).toBe(readers[1]!.link)
  })

  it('starts no reader for work without inputs', () => {
    expect(setUp({ job: CPU }).readers).toEqual([])
  })
})
