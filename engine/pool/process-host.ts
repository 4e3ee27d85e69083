import { Worker } from 'node:worker_threads'
import type { FromWorker, ToWorker } from '../worker/protocol.ts'
import { runWorker } from '../worker/worker.ts'
import type { FromProcess, ToProcess } from './envelope.ts'

/** What carries messages between this process and its supervisor. */
export interface ProcessPort {
  post(message: FromProcess): void
  onMessage(listener: (message: ToProcess) => void): void
  exit(code: number): void
}

interface HostOptions {
  /** Module that runs a worker in a thread; `null` to run the only worker on this process's main thread. */
  readonly threadEntry: URL | null
  /** See `WriterContext.sqliteThread`; of workers on the main thread, since threads know their own. */
  readonly sqliteThread: URL
}

/** A thread's heap is bounded, so that a task that hoards memory ends its thread and not the process. */
const THREAD_HEAP_MB = 1_024

/**
 * Carries workers inside a process of their own: on its main thread, or one thread each, whose messages it passes
 * on untouched.
 */
export function hostWorkers(port: ProcessPort, options: HostOptions): void {
  if (options.threadEntry === null) hostOnMainThread(port, options.sqliteThread)
  else hostOnThreads(port, options.threadEntry)
}

function hostOnMainThread(port: ProcessPort, sqliteThread: URL): void {
  const early: ToWorker[] = []
  let listener: ((message: ToWorker) => void) | null = null
  port.onMessage(message => {
    if (message.type === 'terminate') port.exit(0)
    if (message.type !== 'message') return
    if (listener === null) early.push(message.message)
    else listener(message.message)
  })
  runWorker({
    post: message => port.post({ type: 'message', worker: 0, message }),
    onMessage: added => {
      listener = added
      for (const message of early.splice(0)) added(message)
    },
    exit: () => port.exit(0),
    sqliteThread,
  })
}

function hostOnThreads(port: ProcessPort, threadEntry: URL): void {
  const threads = new Map<number, Worker>()
  port.onMessage(message => {
    if (message.type === 'start') threads.set(message.worker, startThread(port, threadEntry, message.worker))
    else if (message.type === 'terminate') void threads.get(message.worker)?.terminate()
    else threads.get(message.worker)?.postMessage(message.message)
  })
}

function startThread(port: ProcessPort, threadEntry: URL, worker: number): Worker {
  const thread = new Worker(threadEntry, { resourceLimits: { maxOldGenerationSizeMb: THREAD_HEAP_MB } })
  let failure: string | null = null
  thread.on('message', (message: FromWorker) => port.post({ type: 'message', worker, message }))
  thread.on('error', error => {
    failure = error instanceof Error ? error.message : String(error)
  })
  thread.on('exit', code => {
    const detail = failure ?? `exit code ${code}`
    port.post({ type: 'exited', worker, isError: failure !== null || code !== 0, detail })
  })
  return thread
}
