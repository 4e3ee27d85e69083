import { closeSync, openSync, writeSync } from 'node:fs'

const LINE_BYTES = 100
const LINES_AT_ONCE = 10_000

/** The text of line `index`: 100 bytes, its line end not counted. */
export const lineText = (index: number): string =>
  `record ${String(index).padStart(10, '0')} `.padEnd(
    LINE_BYTES,
    'the quick brown fox jumps over the lazy dog ',
  )

/**
 * Writes lines to load.
 *
 * @param prefixOf What stands before a line: its key and a separator where a peer needs one.
 */
export function writeLines(
  file: string,
  count: number,
  prefixOf: (index: number) => string = () => '',
): void {
  const handle = openSync(file, 'w')
  try {
    for (let first = 0; first < count; first += LINES_AT_ONCE) {
      const lines = Array.from({ length: Math.min(LINES_AT_ONCE, count - first) }, (_, at) => {
        const index = first + at
        return `${prefixOf(index)}${lineText(index)}\n`
      })
      writeSync(handle, lines.join(''))
    }
  } finally {
    closeSync(handle)
  }
}
