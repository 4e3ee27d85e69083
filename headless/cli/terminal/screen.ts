import type { TerminalSize } from './size.ts'
import { widthOf } from './width.ts'

const HIDE_CURSOR = '\u001b[?25l'
const SHOW_CURSOR = '\u001b[?25h'
// Without wrapping, a glyph that the terminal draws wider than expected cannot add a line to the frame.
const WRAP_OFF = '\u001b[?7l'
const WRAP_ON = '\u001b[?7h'
// Terminals that know synchronized output show a frame at once; others ignore this.
const FRAME_BEGIN = '\u001b[?2026h'
const FRAME_END = '\u001b[?2026l'
const ERASE_LINE_END = '\u001b[K'
const ERASE_BELOW = '\u001b[J'

/**
 * A block of lines at the bottom of a terminal that is redrawn in place; only lines that changed are written.
 *
 * Idle until the first {@link draw}; then the cursor is hidden and rests below the block. {@link close} leaves the
 * last frame (or nothing) on the terminal and gives the cursor back; it is safe to call it twice.
 */
export class Screen {
  readonly #write: (text: string) => void
  readonly #size: () => TerminalSize
  #lines: readonly string[] = []
  #columns = 0
  #isOpen = false

  constructor(write: (text: string) => void, size: () => TerminalSize) {
    this.#write = write
    this.#size = size
  }

  /** @param lines Painted lines; those beyond the terminal's height are left out, the last ones first. */
  draw(lines: readonly string[]): void {
    const { columns, rows } = this.#size()
    const shown = lines.slice(0, Math.max(1, rows - 1))
    let output = this.#isOpen ? '' : HIDE_CURSOR + WRAP_OFF
    if (this.#isOpen && columns !== this.#columns) {
      output += this.#eraseSequence(columns)
      this.#lines = []
    }
    output += changes(this.#lines, shown, columns)
    this.#lines = shown
    this.#columns = columns
    this.#isOpen = true
    if (output !== '') this.#write(FRAME_BEGIN + output + FRAME_END)
  }

  /** Writes lines that stay, above the block. */
  print(text: string): void {
    if (!this.#isOpen) {
      this.#write(`${text}\n`)
      return
    }
    const block = this.#lines
    const erase = this.#eraseSequence(this.#columns)
    this.#lines = []
    this.#write(
      `${FRAME_BEGIN}${erase}${WRAP_ON}${text}\n${WRAP_OFF}${changes([], block, this.#columns)}${FRAME_END}`,
    )
    this.#lines = block
  }

  /** @param keep Whether the last frame stays to be read. */
  close(keep: 'keep' | 'erase'): void {
    if (!this.#isOpen) return
    const erase = keep === 'erase' ? this.#eraseSequence(this.#size().columns) : ''
    this.#isOpen = false
    this.#lines = []
    this.#write(erase + WRAP_ON + SHOW_CURSOR)
  }

  /** A narrower terminal has wrapped the old lines, so they take more rows than they are. */
  #eraseSequence(columns: number): string {
    const rows = this.#lines.reduce(
      (sum, line) =>
        sum + (columns >= this.#columns ? 1 : Math.max(1, Math.ceil(widthOf(line) / Math.max(1, columns)))),
      0,
    )
    return `${rows > 0 ? `\u001b[${rows}A` : ''}\r${ERASE_BELOW}`
  }
}

/** @returns What turns the block `before` into `after`, from the row below the one to the row below the other. */
function changes(before: readonly string[], after: readonly string[], columns: number): string {
  const isSame = before.length === after.length && before.every((line, at) => line === after[at])
  if (isSame) return ''
  let output = before.length > 0 ? `\u001b[${before.length}A\r` : '\r'
  for (const [at, line] of after.entries()) {
    // After a full line the cursor still stands on its last character, which erasing would take.
    const erase = widthOf(line) < columns ? ERASE_LINE_END : ''
    output += line === before[at] ? '\r\n' : `\r${line}${erase}\r\n`
  }
  return before.length > after.length ? output + ERASE_BELOW : output
}
