import { EventEmitter } from 'node:events'

import type { Ask, FromApp, ToApp } from './bridge.ts'

type Answerer<K extends Ask['is']> = (ask: Extract<Ask, { readonly is: K }>) => unknown

/** The app's end of the channel to the test. */
class Channel extends EventEmitter<{ loaded: [number, string | null]; closed: [number] }> {
  readonly #answerers = new Map<string, (ask: Ask) => unknown>()
  readonly #dialogs = new Map<number, (answer: unknown) => void>()
  #lastDialog = 0

  constructor() {
    super()
    process.on('message', message => void this.#receive(message as ToApp))
    process.on('disconnect', () => process.exit(1))
  }

  post(message: FromApp): void {
    process.send?.(message, undefined, undefined, () => undefined)
  }

  answer<K extends Ask['is']>(is: K, answerer: Answerer<K>): void {
    this.#answerers.set(is, answerer as (ask: Ask) => unknown)
  }

  /** @returns What the test's script says that the person does. */
  askPerson(kind: string, options: unknown): Promise<unknown> {
    this.#lastDialog += 1
    const id = this.#lastDialog
    this.post({ type: 'dialog', id, kind, options })
    return new Promise(resolve => this.#dialogs.set(id, resolve))
  }

  async #receive(message: ToApp): Promise<void> {
    switch (message.type) {
      case 'loaded':
        this.emit('loaded', message.window, message.problem)
        break
      case 'closed':
        this.emit('closed', message.window)
        break
      case 'dialog':
        this.#dialogs.get(message.id)?.(message.answer)
        this.#dialogs.delete(message.id)
        break
      case 'ask': {
        const { id, ask } = message
        try {
          const answerer = this.#answerers.get(ask.is)
          if (answerer === undefined) throw new Error(`the stand-in has no answer for ${ask.is}`)
          this.post({ type: 'answer', id, value: await answerer(ask) })
        } catch (error) {
          // As Electron words it: the class and the message, nothing of the stack.
          this.post({ type: 'answer', id, error: String(error) })
        }
      }
    }
  }
}

export const channel = new Channel()
