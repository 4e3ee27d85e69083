import type {
  Client,
  CommandName,
  Input,
  Params,
  RunPush,
  StreamName,
} from '../../../shared/contract/contract.ts'
import type { RunEvent } from '../../../shared/model/run.ts'

export type Answers = { readonly [K in CommandName]?: (input: Input<K>) => unknown }

export interface Subscription {
  readonly name: StreamName
  readonly params: unknown
  readonly isClosed: boolean
  push(event: RunEvent, elapsedMs?: number): void
  end(error: Error | null): void
}

/** A client whose calls are noted and answered by the test, and whose streams the test pushes. */
export function scriptedClient(answers: Answers = {}) {
  const calls: { readonly name: CommandName; readonly input: unknown }[] = []
  const subscriptions: Subscription[] = []
  let cursor = 0
  const client: Client = {
    call: async (name, input) => {
      calls.push({ name, input })
      const answer = answers[name] as ((asked: unknown) => unknown) | undefined
      if (answer === undefined) throw new Error(`this test has no answer to ${name}`)
      return (await answer(input)) as never
    },
    on: <K extends StreamName>(
      name: K,
      params: Params<K>,
      listener: (payload: never) => void,
      onEnd?: (error: Error | null) => void,
    ) => {
      let isClosed = false
      subscriptions.push({
        name,
        params,
        get isClosed() {
          return isClosed
        },
        push: (event, elapsedMs = event.type === 'tick' ? event.tick.elapsedMs : 0) => {
          cursor += 1
          const push: RunPush = { cursor, elapsedMs, event }
          if (!isClosed) listener(push as never)
        },
        end: error => {
          if (!isClosed) onEnd?.(error)
          isClosed = true
        },
      })
      return () => {
        isClosed = true
      }
    },
    close: () => undefined,
  }
  return { client, calls, subscriptions }
}

/** Frames that are drawn when the test says so. */
export function heldFrames(): { draw(): void; readonly asked: number } {
  const works = new Map<number, () => void>()
  let next = 1
  Object.assign(globalThis, {
    requestAnimationFrame: (work: () => void) => {
      works.set(next, work)
      next += 1
      return next - 1
    },
    cancelAnimationFrame: (handle: number) => works.delete(handle),
  })
  return {
    draw: () => {
      const due = [...works.values()]
      works.clear()
      for (const work of due) work()
    },
    get asked() {
      return works.size
    },
  }
}

/** Lets everything that waits for an answer of the scripted client go on. */
export const settled = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
