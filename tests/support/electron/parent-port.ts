// Loaded in each utility process of the stand-in: its end of the channel, as Electron shapes it.
import { EventEmitter } from 'node:events'
import { isMainThread } from 'node:worker_threads'

const send = process.send?.bind(process)

class ParentPort extends EventEmitter {
  readonly #early: object[] = []

  constructor() {
    super()
    process.on('message', data => {
      const event = { data, ports: [] }
      if (this.listenerCount('message') === 0) this.#early.push(event)
      else this.emit('message', event)
    })
    this.on('newListener', (name: string) => {
      if (name === 'message')
        queueMicrotask(() => {
          for (const event of this.#early.splice(0)) this.emit('message', event)
        })
    })
  }

  postMessage(message: unknown, ...rest: readonly unknown[]): void {
    if (rest.length > 0) throw new TypeError('parentPort.postMessage transfers nothing')
    // Electron knows no Buffer: it arrives as what it is made of.
    send?.(structuredClone(message), undefined, undefined, () => undefined)
  }
}

// Threads of a utility process load this too, and have no such port.
if (isMainThread) {
  if (send === undefined) throw new Error('the stand-in forks utility processes with a channel')
  Object.defineProperty(process, 'parentPort', { value: new ParentPort() })
  Object.defineProperty(process, 'type', { value: 'utility' })
  // A utility process has no channel of Node's: whoever uses one would find none in the real app.
  Object.defineProperty(process, 'send', { value: undefined })
  // The real ones end with the main process, whatever they are busy with.
  process.on('disconnect', () => process.exit(0))
}
