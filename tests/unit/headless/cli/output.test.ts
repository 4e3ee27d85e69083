import { Writable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { Output } from '../../../../headless/cli/output.ts'

/** A stream whose disk or reader fails at the first write. */
function failing(code: string): NodeJS.WriteStream {
  const error = Object.assign(new Error(`${code}: it failed, write`), { code })
  return new Writable({ write: (_chunk, _encoding, done) => done(error) }) as NodeJS.WriteStream
}

const taking = (): NodeJS.WriteStream =>
  new Writable({ write: (_chunk, _encoding, done) => done() }) as NodeJS.WriteStream

describe('Output', () => {
  it('tells once that nobody reads standard output any more', async () => {
    const output = new Output({ out: failing('EPIPE'), err: taking() })
    const onOutClosed = vi.fn()
    output.onOutClosed(onOutClosed)
    output.writeOut('a line\n')
    await nextTurn()
    output.writeOut('a line\n')
    await output.flush()
    expect(onOutClosed).toHaveBeenCalledTimes(1)
    expect(output.outProblem).toBeNull()
  })

  it.each(['ENOSPC', 'EDQUOT', 'EFBIG'])(
    'goes on after %s on standard output, and keeps it for the end',
    async code => {
      const output = new Output({ out: failing(code), err: taking() })
      const onOutClosed = vi.fn()
      output.onOutClosed(onOutClosed)
      output.writeOut('a line\n')
      await nextTurn()
      output.writeOut('a line\n')
      await output.flush()
      expect(onOutClosed).not.toHaveBeenCalled()
      expect(output.outProblem).toMatchObject({ code })
    },
  )

  it('goes on without standard error when there is no room for it', async () => {
    const output = new Output({ out: taking(), err: failing('ENOSPC') })
    output.writeErr('a line\n')
    await nextTurn()
    output.writeErr('a line\n')
    await output.flush()
    expect(output.outProblem).toBeNull()
  })
})
