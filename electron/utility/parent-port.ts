import type { Leaving } from '../ipc/leaving.ts'

/** Half a second for the answer of a main process that may be gone. */
const LEAVING_MS = 500

/** This utility process's end of what connects it with the main process. */
export interface UtilityPort<In, Out> {
  readonly post: (message: Out) => void
  readonly onMessage: (listener: (message: In) => void) => void
  /** Exits once everything that was posted has arrived: a utility process that just exits may lose it. */
  readonly leave: (code: number) => void
}

export function utilityPort<In, Out>(): UtilityPort<In, Out> {
  const { parentPort } = process
  // Its type says it is always there, which is so in utility processes.
  if ((parentPort as typeof parentPort | undefined) === undefined)
    throw new Error('this module runs in a utility process')
  let exitCode: number | null = null
  const listeners: ((message: In) => void)[] = []
  parentPort.on('message', ({ data }: { readonly data: unknown }) => {
    if (isLeave(data)) process.exit(exitCode ?? 0)
    for (const listener of listeners) listener(data as In)
  })
  return {
    post: message => parentPort.postMessage(message),
    onMessage: listener => void listeners.push(listener),
    leave: code => {
      exitCode ??= code
      parentPort.postMessage({ type: 'utility.leaving' } satisfies Leaving)
      setTimeout(() => process.exit(code), LEAVING_MS)
    },
  }
}

const isLeave = (data: unknown): boolean =>
  typeof data === 'object' && data !== null && (data as Partial<Leaving>).type === 'utility.leave'

/**
 * Ctrl-C and a closed terminal reach the whole process group, and only the main process decides what they mean. SIGTERM
 * is how it ends a utility process, whatever that is busy with, so that stays as it is.
 */
export function ignoreTerminal(): void {
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined)
  // In utility processes Electron only warns of them.
  process.on('unhandledRejection', error => {
    throw error
  })
}
