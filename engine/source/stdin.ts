import { createReadStream, fstatSync } from 'node:fs'
import { Socket } from 'node:net'
import { isatty, ReadStream } from 'node:tty'
import type { Readable } from 'node:stream'

/**
 * Opens standard input in this thread. Pipes and terminals are read through the event loop: a blocking read in the
 * thread pool could not be taken back, and would keep the process alive until its writer ends.
 */
export function openStdin(): Readable {
  if (isatty(0)) return new ReadStream(0)
  const stats = fstatSync(0)
  if (stats.isFIFO() || stats.isSocket()) return new Socket({ fd: 0, readable: true, writable: false })
  return createReadStream('', { fd: 0, autoClose: false, highWaterMark: 256 * 2 ** 10 })
}
