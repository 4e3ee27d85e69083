import { describe, expect, it } from 'vitest'

import { Screen } from '../../../../../headless/cli/terminal/screen.ts'
import type { TerminalSize } from '../../../../../headless/cli/terminal/size.ts'

// What moves and erases on a terminal are control characters, and this file is about nothing else.
/* eslint-disable no-control-regex */

/** As much of a terminal as a screen uses: rows of text, a cursor, and the sequences that move and erase. */
class Terminal {
  rows: string[] = ['']
  row = 0
  column = 0
  isCursorShown = true
  isWrapping = true
  written = ''

  write(text: string): void {
    this.written += text
    for (const [token] of text.matchAll(/\u001b\[\??\d*[a-zA-Z]|\r|\n|[^\u001b\r\n]/g)) this.#take(token)
  }

  #take(token: string): void {
    const [, count, action] = /^\u001b\[(\d*)([A-Z])$/.exec(token) ?? []
    if (token === '\r') this.column = 0
    else if (token === '\n') this.row += 1
    else if (action === 'A') this.row = Math.max(0, this.row - Number(count))
    else if (action === 'K') this.rows[this.row] = this.#rowText().slice(0, this.column)
    else if (action === 'J') this.rows.length = this.row
    else if (token.startsWith('\u001b[?25')) this.isCursorShown = token.endsWith('h')
    else if (token.startsWith('\u001b[?7')) this.isWrapping = token.endsWith('h')
    else if (!token.startsWith('\u001b')) {
      const before = this.#rowText().padEnd(this.column)
      this.rows[this.row] = before.slice(0, this.column) + token + before.slice(this.column + 1)
      this.column += 1
    }
    while (this.rows.length <= this.row) this.rows.push('')
  }

  #rowText(): string {
    return this.rows[this.row] ?? ''
  }

  get text(): string[] {
    return this.rows.slice(0, -1)
  }
}

function makeScreen(size: TerminalSize = { columns: 40, rows: 10 }) {
  const terminal = new Terminal()
  const current = { ...size }
  return {
    terminal,
    current,
    screen: new Screen(
      text => terminal.write(text),
      () => current,
    ),
  }
}

describe('Screen', () => {
  it('redraws in place', () => {
    const { terminal, screen } = makeScreen()
    screen.draw(['one', 'two', 'three'])
    screen.draw(['one', '2', 'three'])
    expect(terminal.text).toEqual(['one', '2', 'three'])
  })

  it('writes only the lines that changed, and nothing when none did', () => {
    const { terminal, screen } = makeScreen()
    screen.draw(['header', 'count 1'])
    terminal.written = ''
    screen.draw(['header', 'count 2'])
    expect(terminal.written).not.toContain('header')
    terminal.written = ''
    screen.draw(['header', 'count 2'])
    expect(terminal.written).toBe('')
  })

  it('erases what a shorter frame no longer covers', () => {
    const { terminal, screen } = makeScreen()
    screen.draw(['a', 'b', 'c', 'd'])
    screen.draw(['a'])
    expect(terminal.text).toEqual(['a'])
  })

  it('does not take the last character of a line that fills the terminal', () => {
    const { terminal, screen } = makeScreen({ columns: 5, rows: 10 })
    screen.draw(['12345'])
    expect(terminal.written).not.toContain('\u001b[K')
  })

  it('never draws more lines than the terminal has above the cursor', () => {
    const { terminal, screen } = makeScreen({ columns: 40, rows: 3 })
    screen.draw(['a', 'b', 'c', 'd'])
    expect(terminal.text).toEqual(['a', 'b'])
  })

  it('keeps printed lines above the block', () => {
    const { terminal, screen } = makeScreen()
    screen.draw(['frame'])
    screen.print('a sentence that stays')
    screen.draw(['frame 2'])
    expect(terminal.text).toEqual(['a sentence that stays', 'frame 2'])
  })

  it('erases the rows into which a narrower terminal wrapped the old frame', () => {
    const { terminal, current, screen } = makeScreen({ columns: 40, rows: 10 })
    screen.draw(['x'.repeat(40)])
    current.columns = 20
    terminal.written = ''
    screen.draw(['x'.repeat(20)])
    expect(terminal.written).toContain('\u001b[2A')
  })

  it('hides the cursor while it is open and gives it back, once', () => {
    const { terminal, screen } = makeScreen()
    screen.draw(['frame'])
    expect([terminal.isCursorShown, terminal.isWrapping]).toEqual([false, false])
    screen.close('erase')
    expect([terminal.isCursorShown, terminal.isWrapping, terminal.text]).toEqual([true, true, []])
    terminal.written = ''
    screen.close('erase')
    expect(terminal.written).toBe('')
  })
})
