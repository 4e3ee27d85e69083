import type { DesktopWish, StreamPort } from '../../shared/contract/contract.ts'

const KEPT = 100

/** What the window is to do; kept until there is one that listens. */
export class Wishes {
  readonly #waiting: DesktopWish[] = []
  #port: StreamPort<DesktopWish> | null = null

  /** The newest window that asks gets them all. */
  attach(port: StreamPort<DesktopWish>): void {
    this.#port?.end()
    this.#port = port
    port.onClosed(() => {
      if (this.#port === port) this.#port = null
    })
    for (const wish of this.#waiting.splice(0)) port.push(wish)
  }

  push(wish: DesktopWish): void {
    if (this.#port !== null) this.#port.push(wish)
    else if (this.#waiting.length < KEPT) this.#waiting.push(wish)
  }
}
