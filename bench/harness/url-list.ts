import { closeSync, openSync, writeSync } from 'node:fs'

const LINES_PER_WRITE = 10_000

/** Writes `count` addresses that differ in their query only, one a line. */
export function writeUrlList(file: string, page: string, count: number): void {
  const handle = openSync(file, 'w')
  try {
    for (let first = 0; first < count; first += LINES_PER_WRITE) {
      let lines = ''
      for (let line = first; line < Math.min(count, first + LINES_PER_WRITE); line += 1) {
        lines += `${page}${page.includes('?') ? '&' : '?'}q=${line}\n`
      }
      writeSync(handle, lines)
    }
  } finally {
    closeSync(handle)
  }
}
