import type { Readable } from 'node:stream'
import { JobError } from '../../shared/model/error.ts'
import { sourceError } from './source-error.ts'

export const STDIN_NAME = 'standard input'

export interface StdinHost {
  readonly stdin: () => Readable
}

/**
 * Opens standard input for as long as `use` reads it.
 *
 * @throws JobError `E_CANCELLED` once `signal` is aborted; `E_SRC_IO` when it cannot be read; what `use` throws.
 */
export async function readStdin(
  open: () => Readable,
  signal: AbortSignal,
  use: (bytes: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> {
  const stream = open()
  const cancel = (): void => void stream.destroy(new JobError('E_CANCELLED', 'reading was stopped'))
  signal.addEventListener('abort', cancel, { once: true })
  try {
    await use(stream as AsyncIterable<Buffer>)
  } catch (error) {
    throw sourceError(STDIN_NAME, error)
  } finally {
    signal.removeEventListener('abort', cancel)
    stream.destroy()
  }
}
