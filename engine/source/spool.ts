import { closeSync, openSync, writeSync, existsSync, mkdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { BatchReader } from './batch.ts'
import type { RecordSink } from './source.ts'

/*
 * A copy of what was fed, so that an input that can be read only once (standard input, a fetched sitemap) is the same
 * at a resume. The file is a row of frames: four bytes with the length, lowest first, and a batch (see batch.ts). A
 * length of 0 says that the input was read to its end. A frame that a crash cut off was never handed on.
 */
const END = Buffer.alloc(4)

/** @returns Where the copy of input number `input` lies in the directory `spoolPath`. */
export const spoolFile = (spoolPath: string, input: number): string => join(spoolPath, `input-${input}.spool`)

export const hasSpool = (file: string): boolean => existsSync(file)

/** Writes a copy; each batch is in the file before it is handed on. Runs in the reader's thread, where waiting is fine. */
export class SpoolWriter {
  readonly #descriptor: number

  /** Replaces the file. @throws the system's error when it cannot be created. */
  constructor(spoolPath: string, input: number) {
    mkdirSync(spoolPath, { recursive: true, mode: 0o700 })
    this.#descriptor = openSync(spoolFile(spoolPath, input), 'w', 0o600)
  }

  write(payload: Uint8Array): void {
    const length = Buffer.alloc(4)
    length.writeUInt32LE(payload.length)
    this.#writeAll(Buffer.concat([length, payload]))
  }

  /** Notes that the input was read to its end. */
  end(): void {
    this.#writeAll(END)
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  #writeAll(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) at += writeSync(this.#descriptor, bytes, at)
  }
}

/** @returns Whether a copy goes to the end of its input, as far as its last bytes tell. */
export async function isWholeSpool(file: string): Promise<boolean> {
  await using handle = await open(file, 'r')
  const { size } = await handle.stat()
  const tail = Buffer.alloc(END.length)
  await handle.read(tail, 0, tail.length, Math.max(0, size - tail.length))
  return size >= END.length && tail.equals(END)
}

/** @returns Whether a copy goes to the end of its input; the records it holds are handed to `sink` in their order. */
export async function replaySpool(file: string, sink: RecordSink): Promise<boolean> {
  await using handle = await open(file, 'r')
  const head = Buffer.alloc(4)
  for (let at = 0; ;) {
    const { bytesRead } = await handle.read(head, 0, 4, at)
    if (bytesRead < 4) return false
    const length = head.readUInt32LE(0)
    if (length === 0) return true
    const payload = Buffer.allocUnsafe(length)
    const frame = await handle.read(payload, 0, length, at + 4)
    if (frame.bytesRead < length) return false
    await replayBatch(new BatchReader(payload), sink)
    at += 4 + length
  }
}

async function replayBatch(records: BatchReader, sink: RecordSink): Promise<void> {
  while (records.next()) {
    const full = sink.add(records.value, records.line, records.refusal)
    if (full !== null) await full
  }
}
