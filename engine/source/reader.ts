import type { Readable } from 'node:stream'
import { failureOf, JobError } from '../../shared/model/error.ts'
import type { Look } from '../input/looks.ts'
import { LoadReading } from './load-reading.ts'
import { ReadingRun } from './reading-run.ts'
import type { FromReader, ToReader } from './reader-protocol.ts'
import { openStdin } from './stdin.ts'

/** How the reader talks to the supervisor; a thread's parent port, or a double in tests. */
export interface ReaderPort {
  post(message: FromReader, transfer?: readonly ArrayBuffer[]): void
  onMessage(listener: (message: ToReader) => void): void
  /** Nothing is posted afterwards. */
  close(): void
}

/** The reading of one run's inputs. */
interface Reading {
  credit(records: number): void
  /** Hands on the records that wait for others. */
  flush(): void
  /** @returns The last message. */
  read(): Promise<FromReader>
}

/**
 * Reads the inputs of one run as `reader-protocol.ts` says: it waits for `setup`, feeds under credits, and closes the
 * port after `end`, `failed`, or a `stop`, which is not answered. It may be asked for looks instead, until `stop`.
 */
export function runReader(port: ReaderPort, stdin: () => Readable = openStdin): void {
  const stop = new AbortController()
  let run: Reading | null = null
  port.onMessage(message => {
    if (message.type === 'stop') {
      stop.abort()
      if (run === null) port.close()
    } else if (message.type === 'credit') run?.credit(message.records)
    else if (message.type === 'look') void answer(message, port)
    else if (run === null) {
      const post: ReaderPort['post'] = (answer, transfer) => {
        if (!stop.signal.aborted) port.post(answer, transfer)
      }
      const { setup } = message
      const host = { post, signal: stop.signal, stdin }
      run = setup.load ? new LoadReading(setup, setup.load, host) : new ReadingRun(setup, host)
      void readAll(run, post).finally(() => port.close())
    }
  })
}

/** What only looks need is not loaded for a run. */
async function answer(look: Look, port: ReaderPort): Promise<void> {
  const { answerLook } = await import('../input/answer-look.ts')
  port.post(await answerLook(look))
}

async function readAll(run: Reading, post: ReaderPort['post']): Promise<void> {
  try {
    post(await run.read())
  } catch (error) {
    // Records that were read before the failure are handed on: they are tasks like all others.
    run.flush()
    if (error instanceof JobError && error.code === 'E_CANCELLED') return
    const { code, message } = failureOf(error)
    post({ type: 'failed', code, message })
  }
}
