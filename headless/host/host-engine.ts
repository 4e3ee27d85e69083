import { fileURLToPath } from 'node:url'

import { createEngine, type Engine } from '../../engine/engine.ts'
import { OWN_PORTS_VARIABLE } from '../../engine/executor/http/own-ports.ts'
import { readCpuQuota } from '../../engine/host/cpu-quota.ts'
import { makeForkLinks } from '../../engine/pool/fork-link.ts'
import type { EntryResolver } from './entry-path.ts'
import { startReaderThread, startRecordsThread, startTableThread } from './thread-links.ts'

export interface HostEngineOptions {
  /** Exists already. */
  readonly dataDir: string
  readonly entries: EntryResolver
  readonly env: NodeJS.ProcessEnv
  /** Ports of this machine that no crawl may connect to: those of dashboards. Asked whenever work is started. */
  readonly ownPorts: () => readonly number[]
}

/**
 * The heap of a worker process is bounded like that of a thread: a task that hoards memory ends soon, and alone. A
 * nursery of 8 MiB took 45 MB less than Node's own in one crawl of 400,000 pages; what it costs in throughput is not
 * settled (docs/benchmarks.md).
 */
const WORKER_FLAGS = ['--max-old-space-size=1024', '--max-semi-space-size=8']

/** An engine in this process, with forked workers and threads: what every host without Electron has. */
export function makeHostEngine({ dataDir, entries, env, ownPorts }: HostEngineOptions): Engine {
  const ownEnv = (): Readonly<Record<string, string>> => ({ [OWN_PORTS_VARIABLE]: ownPorts().join(',') })
  return createEngine({
    dataDir,
    links: makeForkLinks({
      entry: fileURLToPath(entries('worker-process')),
      execArgv: WORKER_FLAGS,
      env: ownEnv,
    }),
    startReader: () => startReaderThread(entries('reader'), ownEnv()),
    startRecords: onOutputFailure => startRecordsThread(entries('records'), dataDir, onOutputFailure),
    startTable: () => startTableThread(entries('table'), dataDir),
    inspect: async () => (await import('../../engine/host/inspect.ts')).inspectHost({ dataDir, env }),
    readCpuQuota: async () => readCpuQuota().cpus,
    testFaults: env['INTERLEAVE_TEST_FAULTS'],
  })
}
