import type { RunEvent } from '../../../shared/model/run.ts'
import { paintLine } from '../terminal/line.ts'
import type { Ink } from '../terminal/paint.ts'
import { Screen } from '../terminal/screen.ts'
import type { TerminalSize } from '../terminal/size.ts'
import { drawFrame, type FrameStyle } from './frame.ts'
import type { Progress } from './progress.ts'
import type { ProgressView } from './view.ts'

/** Ticks come every 200 ms; what comes between them is drawn at most this often. */
const FRAME_MS = 100

export interface BarOptions extends FrameStyle {
  readonly view: ProgressView
  readonly write: (text: string) => void
  readonly size: () => TerminalSize
  readonly paint: (ink: Ink, text: string) => string
}

/** The live view on a terminal: a block of lines redrawn in place, at most ten times a second. */
export class BarProgress implements Progress {
  readonly #options: BarOptions
  readonly #screen: Screen
  #timer: NodeJS.Timeout | null = null
  #isClosed = false
  readonly #redrawSoon = () => this.#schedule()
  readonly #suspend = () => this.#suspendProcess()

  constructor(options: BarOptions) {
    this.#options = options
    this.#screen = new Screen(options.write, options.size)
    process.on('SIGWINCH', this.#redrawSoon)
    process.on('SIGCONT', this.#redrawSoon)
    process.on('SIGTSTP', this.#suspend)
    // Whatever ends the process, the cursor comes back.
    process.on('exit', this.#giveBack)
  }

  take(event: RunEvent): void {
    this.#options.view.take(event)
    this.#schedule()
  }

  note(text: string): void {
    if (!this.#isClosed) this.#screen.print(text)
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#giveBack()
    process.off('SIGWINCH', this.#redrawSoon)
    process.off('SIGCONT', this.#redrawSoon)
    process.off('SIGTSTP', this.#suspend)
    process.off('exit', this.#giveBack)
  }

  readonly #giveBack = (): void => this.#screen.close('erase')

  #schedule(): void {
    if (this.#isClosed || this.#timer !== null) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#draw()
    }, FRAME_MS)
  }

  #draw(): void {
    const { view, size, paint } = this.#options
    this.#screen.draw(drawFrame(view, size(), this.#options).map(line => paintLine(line, paint)))
  }

  /** Ctrl-Z: the shell gets its cursor back first; `fg` draws anew. */
  #suspendProcess(): void {
    this.#screen.close('keep')
    process.kill(process.pid, 'SIGSTOP')
  }
}
