import type { App } from 'electron'

import type { DesktopWish } from '../../shared/contract/contract.ts'
import type { Grants } from './grants.ts'
import { readOpened, type Opened } from './opened.ts'

interface OpeningParts {
  readonly grants: Grants
  readonly wish: (wish: DesktopWish) => void
  readonly onProblem: (error: Error) => void
  readonly onOpened: () => void
}

/** What a second start of the app hands over; the arguments as they were, since Chromium reorders those that it passes. */
export interface SecondStart {
  readonly words: readonly string[]
  readonly cwd: string
}

/** Takes what is opened with the app from everywhere, and hands it to the window. */
export class Opening {
  readonly #parts: OpeningParts

  constructor(parts: OpeningParts) {
    this.#parts = parts
  }

  /** Listens to the system and to second starts. */
  attach(app: Pick<App, 'on'>): void {
    app.on('open-file', (event, path) => {
      event.preventDefault()
      void this.take([path], '/')
    })
    app.on('second-instance', (_event, _argv, _cwd, data) => {
      const start = readSecondStart(data)
      void this.take(start.words, start.cwd)
    })
  }

  /** @returns When it was handed on. */
  async take(words: readonly string[], cwd: string): Promise<void> {
    const { wish, onProblem, onOpened } = this.#parts
    const inputs: string[] = []
    for (const opened of readOpened(words, cwd)) {
      try {
        inputs.push(await this.#inputOf(opened))
      } catch (error) {
        onProblem(error as Error)
      }
    }
    if (inputs.length > 0) wish({ type: 'open', inputs })
    onOpened()
  }

  #inputOf(opened: Opened): Promise<string> {
    return opened.is === 'url' ? Promise.resolve(opened.url) : this.#parts.grants.grant(opened.path)
  }
}

/** Another program of this user may have made it up. */
function readSecondStart(data: unknown): SecondStart {
  const { words, cwd } = (typeof data === 'object' && data !== null ? data : {}) as Partial<SecondStart>
  return {
    words: Array.isArray(words) ? words.filter(word => typeof word === 'string') : [],
    cwd: typeof cwd === 'string' ? cwd : '/',
  }
}
