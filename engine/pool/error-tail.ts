import type { Readable } from 'node:stream'

const ERROR_TAIL_CHARACTERS = 4_096
const LINE_CHARACTERS = 200

/** Keeps the end of what a child process writes to its error output, however much that is. */
export class ErrorTail {
  #text = ''

  constructor(stream: Readable | null) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      this.#text = (this.#text + text).slice(-ERROR_TAIL_CHARACTERS)
    })
  }

  /** @returns Its last line behind `: `; empty when there is none. */
  get suffix(): string {
    const lastLine = this.#text.trim().split('\n').at(-1) ?? ''
    return lastLine === '' ? '' : `: ${lastLine.slice(0, LINE_CHARACTERS)}`
  }
}
