import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { InputReport } from '../../shared/model/input-report.ts'
import { findForeignData } from '../source/content.ts'
import { detectPacking } from '../source/unpack.ts'
import { extensionOf } from '../source/recognise.ts'
import { SOURCES } from '../source/registry.ts'
import { reportOf } from './report.ts'

/** Most files that are named. */
export const FOLDER_FILES = 1_000
/** Most entries that are looked at, most folders inside each other, and how long it may take in milliseconds. */
const ENTRIES = 100_000
const DEPTH = 32
const WALK_MS = 2_000

/** Bytes looked at where a name does not tell whether it is text. */
const PEEK_BYTES = 4_096

const DATA_EXTENSIONS = new Set([...SOURCES.flatMap(({ extensions }) => extensions), 'log', 'dat', 'data'])

/** Of many files, whatever they are packed with. */
const ARCHIVES = new Set(['tar', 'tgz', 'tzst'])

/** As people number files: `part-2` before `part-10`. */
const ORDER = new Intl.Collator('en', { numeric: true })
const byName = (one: string, other: string): number => ORDER.compare(one, other) || (one < other ? -1 : 1)

/**
 * Finds the files in a folder that could be inputs: by their names, else by their first bytes. Hidden files and folders,
 * empty files and what is no regular file are left out; a folder that links lead to again is entered once.
 */
export async function inspectFolder(path: string): Promise<InputReport> {
  const walk = new Walk(performance.now() + WALK_MS)
  await walk.enter(path, 0)
  const { files, folders, isCut } = walk
  const inFolders = folders === 1 ? '' : `, in ${folders} folders`
  const cut = isCut ? '; there may be more' : ''
  return reportOf(path, {
    is: 'folder',
    evidence: `a folder; files that could be inputs: ${files.length}${inFolders}${cut}`,
    files,
  })
}

class Walk {
  readonly files: string[] = []
  folders = 0
  /** There is more than was looked at. */
  isCut = false
  readonly #untilMs: number
  readonly #entered = new Set<string>()
  #entries = 0

  constructor(untilMs: number) {
    this.#untilMs = untilMs
  }

  async enter(folder: string, depth: number): Promise<void> {
    const { dev, ino } = await stat(folder, { bigint: true })
    const identity = `${dev}:${ino}`
    if (this.#entered.has(identity)) return
    this.#entered.add(identity)
    this.folders += 1
    const names = (await readdir(folder)).filter(name => !name.startsWith('.')).sort(byName)
    for (const name of names) {
      this.#entries += 1
      if (this.#isOver(depth)) return
      await this.#visit(join(folder, name), depth)
    }
  }

  #isOver(depth: number): boolean {
    this.isCut ||=
      this.files.length >= FOLDER_FILES ||
      this.#entries > ENTRIES ||
      depth > DEPTH ||
      performance.now() > this.#untilMs
    return this.isCut
  }

  async #visit(path: string, depth: number): Promise<void> {
    try {
      const stats = await stat(path)
      if (stats.isDirectory()) await this.enter(path, depth + 1)
      else if (stats.isFile() && stats.size > 0 && (await couldBeInput(path))) this.files.push(path)
    } catch (error) {
      // Links that lead nowhere or in a circle, and what this user may not enter, are no inputs.
      if ((error as NodeJS.ErrnoException).code === undefined) throw error
    }
  }
}

async function couldBeInput(path: string): Promise<boolean> {
  const extension = extensionOf(path)
  if (DATA_EXTENSIONS.has(extension)) return true
  if (ARCHIVES.has(extension)) return false
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(PEEK_BYTES), 0, PEEK_BYTES, 0)
    const head = buffer.subarray(0, bytesRead)
    // A name that says nothing of what is packed: whoever reads it finds out.
    return detectPacking(head) !== null || findForeignData(head, 'utf-8') === null
  } finally {
    await file.close()
  }
}
