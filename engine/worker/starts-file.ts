import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'

const ENTRY_BYTES = 8
const NOTHING = 0

/**
 * Notes on disk which task each lane starts, before it starts: after a death the file names the tasks that were in
 * flight. Used only for tasks whose worker died before, since it costs a system call per start.
 * One entry of eight bytes a lane: the task's index plus one, as a double; 0 for a lane that never started.
 */
export class StartsFile {
  readonly #path: string
  readonly #entry = Buffer.alloc(ENTRY_BYTES)
  #descriptor: number | null = null

  constructor(path: string) {
    this.#path = path
  }

  note(lane: number, index: number): void {
    this.#descriptor ??= openSync(this.#path, 'w', 0o600)
    this.#entry.writeDoubleLE(index + 1)
    writeSync(this.#descriptor, this.#entry, 0, ENTRY_BYTES, lane * ENTRY_BYTES)
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor)
    this.#descriptor = null
  }
}

/** @returns The indexes that the lanes of a dead worker started last; empty when it noted nothing. */
export function readStarts(path: string): number[] {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  const starts: number[] = []
  for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
    const entry = bytes.readDoubleLE(at)
    if (entry !== NOTHING) starts.push(entry - 1)
  }
  return starts
}
