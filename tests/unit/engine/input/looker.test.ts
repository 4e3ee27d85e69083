import { afterEach, describe, expect, it, vi } from 'vitest'
import { Looker } from '../../../../engine/input/looker.ts'
import type { ReaderLink } from '../../../../engine/pool/reader-link.ts'
import type { FromReader, ToReader } from '../../../../engine/source/reader-protocol.ts'
import { runReader } from '../../../../engine/source/reader.ts'

/** A thread that answers only what the test says. */
class ThreadDouble implements ReaderLink {
  readonly asked: ToReader[] = []
  isClosed = false
  answer: (message: FromReader) => void = () => undefined
  leave: (problem: string | null) => void = () => undefined

  post(message: ToReader): void {
    this.asked.push(message)
  }

  onMessage(listener: (message: FromReader) => void): void {
    this.answer = listener
  }

  onExit(listener: (problem: string | null) => void): void {
    this.leave = listener
  }

  close(): void {
    this.isClosed = true
  }
}

function setUp(answerMs?: number) {
  const threads: ThreadDouble[] = []
  const start = (): ReaderLink => {
    threads.push(new ThreadDouble())
    return threads.at(-1)!
  }
  return { threads, looker: new Looker(start, answerMs) }
}

const ask = (looker: Looker, input: string) => looker.ask('input.inspect', { inputs: [input] })
const answerOf = (id: number): FromReader => ({ type: 'looked', id, result: { output: [] } })

afterEach(() => {
  vi.useRealTimers()
})

describe('Looker', () => {
  it('asks one thread, whose answers come in any order', async () => {
    const { looker, threads } = setUp()
    const [first, second] = [ask(looker, '/a'), ask(looker, '/b')]
    expect(threads.map(({ asked }) => asked)).toMatchObject([
      [
        { id: 1, name: 'input.inspect', input: { inputs: ['/a'] } },
        { id: 2, name: 'input.inspect', input: { inputs: ['/b'] } },
      ],
    ])
    const failure = { code: 'E_CONFIG', message: 'no', retryable: false } as const
    threads[0]!.answer({ type: 'looked', id: 2, result: { failure } })
    threads[0]!.answer(answerOf(1))
    expect(await first).toEqual([])
    await expect(second).rejects.toMatchObject({ name: 'JobError', code: 'E_CONFIG', message: 'no' })
    looker.close()
  })

  it('ends its thread when nobody asks for a while, and starts another later', async () => {
    vi.useFakeTimers()
    const { looker, threads } = setUp()
    for (let time = 0; time < 2; time += 1) {
      const asking = ask(looker, '/a')
      threads[time]!.answer(answerOf(time + 1))
      await asking
      expect(threads[time]!.isClosed).toBe(false)
      vi.advanceTimersByTime(10_000)
      expect(threads[time]!.isClosed).toBe(true)
    }
    expect(threads).toHaveLength(2)
    looker.close()
  })

  it('ends a thread that does not answer in time', async () => {
    vi.useFakeTimers()
    const { looker, threads } = setUp(5_000)
    const asking = ask(looker, '/a')
    const refused = expect(asking).rejects.toMatchObject({ code: 'E_SRC_IO', message: /within 5 s/ })
    vi.advanceTimersByTime(5_000)
    await refused
    expect(threads[0]!.isClosed).toBe(true)
    void ask(looker, '/b').catch(() => undefined)
    expect(threads).toHaveLength(2)
    looker.close()
  })

  it('says why when its thread ends early', async () => {
    const { looker, threads } = setUp()
    const asking = ask(looker, '/a')
    threads[0]!.leave('out of memory')
    await expect(asking).rejects.toMatchObject({ code: 'E_INTERNAL', message: /out of memory/ })
  })

  it('refuses what is asked once it is closed, and what was asked before', async () => {
    const { looker, threads } = setUp()
    const asking = ask(looker, '/a')
    looker.close()
    for (const refused of [asking, ask(looker, '/b')])
      await expect(refused).rejects.toMatchObject({ code: 'E_CANCELLED' })
    expect(threads.map(({ isClosed }) => isClosed)).toEqual([true])
  })
})

describe('a reader that is asked for looks', () => {
  it('answers each, and closes at a stop', async () => {
    const posted: FromReader[] = []
    const close = vi.fn()
    let tell: (message: ToReader) => void = () => undefined
    runReader({ post: message => posted.push(message), onMessage: listener => (tell = listener), close })
    tell({ type: 'look', id: 7, name: 'input.inspect', input: { inputs: ['https://a.example/'] } })
    await vi.waitFor(() => expect(posted).toHaveLength(1))
    expect(posted).toMatchObject([
      { type: 'looked', id: 7, result: { output: [{ is: 'url', suits: ['crawl'] }] } },
    ])
    tell({ type: 'stop' })
    expect(close).toHaveBeenCalledOnce()
  })
})
