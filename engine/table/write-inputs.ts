import { open } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { errorNumber } from '../../shared/model/error.ts'
import { CRAWL_LAYOUT, positionsOf } from '../../shared/model/record-layout.ts'
import { storageError } from '../journal/storage-error.ts'
import { FrameCache } from '../records/frame-cache.ts'
import { SegmentPool } from '../records/segment-pool.ts'
import type { Matches } from './matches.ts'
import type { TaskTable } from './task-table.ts'

const FLUSH_CHARACTERS = 65_536
const { strings: STRING } = positionsOf(CRAWL_LAYOUT)

/** Records that could not be read have no URL that could be asked for again: what is kept of them is for people. */
const UNREADABLE = new Set(
  ['E_LINE_TOO_LONG', 'E_PARSE', 'E_SCHEMA', 'E_SRC_IO'].map(code => errorNumber(code as 'E_PARSE')),
)
const URL_INVALID = errorNumber('E_URL_INVALID')

/**
 * Writes the URLs of chosen tasks in the order of their input, as JSON Lines with the member `url`: any text comes
 * through as it was recorded, also one that a list of lines would read as a comment, or as two lines.
 *
 * @param path Must not exist.
 * @returns How many.
 * @throws JobError `E_JOURNAL_CORRUPT`, `E_DISK_FULL` or `E_SRC_IO`.
 */
export async function writeUrls(table: TaskTable, matches: Matches, path: string): Promise<number> {
  const { intake } = table
  const { columns } = intake
  const rows = matches.sorted({ by: 'index', isDescending: false })
  using pool = new SegmentPool(table.paths, table.committed.segments)
  const frames = new FrameCache(pool)
  const sink = await UrlFile.create(path)
  try {
    for (const row of rows) {
      const error = columns.error[row]!
      if (UNREADABLE.has(error) || (error === URL_INVALID && columns.attempts[row] === 0)) continue
      const { segment, frameAt } = intake.placeOf(row)
      const record = frames.rows(segment, frameAt)
      record.select(columns.rowInFrame[row]!)
      const url = record.string(STRING.url)
      if (url !== null && sink.add(url)) await sink.flush()
    }
    await sink.flush()
    return sink.count
  } finally {
    await sink.close()
  }
}

class UrlFile {
  count = 0
  readonly #path: string
  readonly #file: Awaited<ReturnType<typeof open>>
  #text = ''

  private constructor(path: string, file: Awaited<ReturnType<typeof open>>) {
    this.#path = path
    this.#file = file
  }

  static async create(path: string): Promise<UrlFile> {
    try {
      return new UrlFile(path, await open(path, 'wx', 0o600))
    } catch (error) {
      throw storageError(error, path)
    }
  }

  /** @returns Whether it is time to {@link flush}. */
  add(url: string): boolean {
    this.#text += `{"url":${JSON.stringify(url)}}\n`
    this.count += 1
    return this.#text.length >= FLUSH_CHARACTERS
  }

  async flush(): Promise<void> {
    const text = this.#text
    this.#text = ''
    try {
      await this.#file.writeFile(text)
    } catch (error) {
      throw storageError(error, this.#path)
    }
    await nextTurn()
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}
