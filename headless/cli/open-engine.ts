import { fileURLToPath } from 'node:url'

import { createEngine } from '../../engine/engine.ts'
import { readCpuQuota } from '../../engine/host/cpu-quota.ts'
import { makeForkLinks } from '../../engine/pool/fork-link.ts'
import { connect } from '../../shared/contract/connect.ts'
import type { Client } from '../../shared/contract/contract.ts'
import { makeMemoryWires } from '../../shared/contract/memory-wire.ts'
import { serve } from '../../shared/contract/serve.ts'
import type { EntryResolver } from '../host/entry-path.ts'
import { startReaderThread, startRecordsThread } from '../host/thread-links.ts'
import { dataDirOf, makeDataDir } from './data-dir.ts'
import { textOf, type FlagValues } from './flag-spec.ts'

export interface OpenEngine extends AsyncDisposable {
  readonly client: Client
  readonly dataDir: string
}

/**
 * The heap of a worker process is bounded like that of a thread: a task that hoards memory ends soon, and alone. A
 * nursery of 8 MiB took 45 MB less than Node's own in one crawl of 400,000 pages; what it costs in throughput is not
 * settled (docs/benchmarks.md).
 */
const WORKER_FLAGS = ['--max-old-space-size=1024', '--max-semi-space-size=8']

/** An engine in this process, and this command as a client of it over a wire, as a window would be. */
export function openEngine(values: FlagValues, entries: EntryResolver, env: NodeJS.ProcessEnv): OpenEngine {
  const dataDir = dataDirOf(textOf(values, 'data-dir'))
  makeDataDir(dataDir)
  const engine = createEngine({
    dataDir,
    links: makeForkLinks({ entry: fileURLToPath(entries('worker-process')), execArgv: WORKER_FLAGS }),
    startReader: () => startReaderThread(entries('reader')),
    startRecords: onOutputFailure => startRecordsThread(entries('records'), dataDir, onOutputFailure),
    startTable: () => {
      throw new Error('not in this version')
    },
    inspect: async () => (await import('../../engine/host/inspect.ts')).inspectHost({ dataDir, env }),
    readCpuQuota: async () => readCpuQuota().cpus,
    testFaults: env['INTERLEAVE_TEST_FAULTS'],
  })
  const [hostEnd, clientEnd] = makeMemoryWires()
  const serving = serve(engine.handlers, hostEnd)
  const client = connect(clientEnd)
  return {
    client,
    dataDir,
    [Symbol.asyncDispose]: async () => {
      await engine.close()
      client.close()
      serving.close()
    },
  }
}
