import { rmSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { storageError } from '../journal/storage-error.ts'
import { openLineFile, targetOf, type ByteTarget } from './output-file.ts'
import { START, fileExists, type OpenedSink, type SinkRequest } from './record-sink.ts'

/**
 * Opens a file that comes into being with its first line, for what may have none. Until then its length is 0, and a file
 * that stands there all the same is left over from a process that ended before it could say so.
 */
export async function openLateFile(
  request: SinkRequest,
): Promise<{ target: ByteTarget; state: OpenedSink['state'] }> {
  const { path, mode, resume } = request
  const exists = isThere(path)
  if (resume === null && mode === 'create' && exists) throw fileExists(path)
  if (resume === null ? mode === 'append' && exists : resume.bytes > 0) return openLineFile(request)
  try {
    rmSync(path, { force: true })
  } catch (error) {
    throw storageError(error, path)
  }
  const state = resume ?? { path, baseBytes: 0, bytes: 0, position: START }
  return { target: new LateFile(path), state }
}

class LateFile implements ByteTarget {
  readonly #path: string
  #opened: ByteTarget | null = null

  constructor(path: string) {
    this.#path = path
  }

  async write(bytes: Buffer, position: number): Promise<number> {
    this.#opened ??= targetOf(await open(this.#path, 'wx+', 0o666))
    return this.#opened.write(bytes, position)
  }

  async datasync(): Promise<void> {
    await this.#opened?.datasync()
  }

  async close(): Promise<void> {
    await this.#opened?.close()
  }
}

function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined
  } catch (error) {
    throw storageError(error, path)
  }
}
