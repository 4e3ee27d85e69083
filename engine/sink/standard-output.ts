import { JobError } from '../../shared/model/error.ts'
import { write } from 'node:fs'
import { promisify } from 'node:util'
import { setTimeout as delay } from 'node:timers/promises'
import type { OutputState } from '../journal/journal-codec.ts'
import type { ByteTarget } from './output-file.ts'
import { START, type SinkRequest } from './record-sink.ts'

const STANDARD_OUTPUT = 1
/** How long to wait for a reader that does not keep up, when the pipe tells us instead of making us wait. */
const RETRY_MS = 5

const writeTo = promisify(write)

/**
 * Standard output cannot be cut: after a crash, records of up to half a second before it may be written again.
 * A resumed run goes on where the last one recorded its position.
 */
export function openStandardOutput({ resume }: SinkRequest): { target: ByteTarget; state: OutputState } {
  const state = { path: '-', baseBytes: 0, bytes: resume?.bytes ?? 0, position: resume?.position ?? START }
  return { target: streamTarget(STANDARD_OUTPUT), state }
}

/** @param descriptor Stays open: it belongs to the process. */
export const streamTarget = (descriptor: number): ByteTarget => ({
  async write(bytes) {
    for (;;) {
      try {
        const { bytesWritten } = await writeTo(descriptor, bytes, 0, bytes.length, null)
        return bytesWritten
      } catch (error) {
        const { code } = error as { code?: unknown }
        if (code === 'EPIPE')
          throw new JobError('E_DEST_DOWN', 'standard output was closed by its reader', { cause: error })
        if (code !== 'EAGAIN') throw error
        await delay(RETRY_MS)
      }
    }
  },
  datasync: () => Promise.resolve(),
  close: () => Promise.resolve(),
})
