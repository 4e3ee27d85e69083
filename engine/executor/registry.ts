import type { ExecutorKind } from './executor.ts'

/** Executors by kind. Loaded when asked for, so that a worker never pays for what it does not run. */
const executors = {
  crawl: async () => (await import('./crawl.ts')).crawlExecutor,
  cpu: async () => (await import('./cpu.ts')).cpuExecutor,
}

export type ExecutorName = keyof typeof executors

/** @returns The executor; a job's schema has matched its options to its kind by then. */
export const loadExecutor = async (kind: ExecutorName): Promise<ExecutorKind<unknown>> =>
  await executors[kind]()
