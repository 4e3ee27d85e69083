import { threadId } from 'node:worker_threads'
import { failureOf, JobError } from '../../shared/model/error.ts'
import { PHASE, type Phase } from '../../shared/model/run.ts'
import type { Executor, ExecutorKind } from '../executor/executor.ts'
import { loadExecutor } from '../executor/registry.ts'
import { SegmentWriter } from '../journal/segment-writer.ts'
import { openLease } from '../source/open-lease.ts'
import { Admission } from './admission.ts'
import { nowMs } from './clock.ts'
import { GaugeReader } from './gauges.ts'
import { Intake } from './intake.ts'
import { Lane } from './lane.ts'
import type { ToWorker, WorkerSetup } from './protocol.ts'
import { Recorder } from './recorder.ts'
import { Reporter } from './reporter.ts'
import { Runtime } from './runtime.ts'
import { StartsFile } from './starts-file.ts'
import type { WorkerPort } from './worker-port.ts'

/**
 * One worker: lanes on one event loop, an executor, and a segment of its own.
 *
 * It waits for its `setup`, answers `ready`, takes leases, and reports what settled. When told to drain it finishes
 * what is in flight, sends its last report and `drained`, and exits. An error that is no task's fault is told as
 * `fatal` before it exits, so that the supervisor can say why.
 */
export function runWorker(port: WorkerPort): void {
  let worker: Worker | null = null
  const early: ToWorker[] = []
  const fail = (error: unknown): void => {
    const { code, message } = failureOf(error)
    port.post({ type: 'fatal', code, message })
    port.exit()
  }
  port.onMessage(message => {
    try {
      if (message.type === 'setup') {
        Worker.make(port, message.setup, fail)
          .then(made => {
            worker = made
            for (const waiting of early.splice(0)) made.handle(waiting)
          })
          .catch(fail)
      } else if (worker === null) early.push(message)
      else worker.handle(message)
    } catch (error) {
      fail(error)
    }
  })
}

class Worker {
  readonly #port: WorkerPort
  readonly #intake: Intake
  readonly #runtime: Runtime
  readonly #admission: Admission | null
  readonly #reporter: Reporter
  readonly #executor: Executor
  readonly #segment: SegmentWriter
  readonly #starts: StartsFile
  readonly #fail: (error: unknown) => void
  #phase: Phase = PHASE.run
  #isEnding = false

  static async make(port: WorkerPort, setup: WorkerSetup, fail: (error: unknown) => void): Promise<Worker> {
    if (setup.work.kind === 'load') throw new Error('loads run elsewhere')
    const kind = await loadExecutor(setup.work.kind)
    const segment = await SegmentWriter.open({
      path: setup.segment.path,
      layout: kind.layout,
      runId: setup.runId,
      segmentId: setup.segment.id,
    })
    const worker = new Worker(port, { setup, kind, segment }, fail)
    port.post({ type: 'ready', pid: process.pid, threadId })
    return worker
  }

  private constructor(
    port: WorkerPort,
    { setup, kind, segment }: { setup: WorkerSetup; kind: ExecutorKind<unknown>; segment: SegmentWriter },
    fail: (error: unknown) => void,
  ) {
    this.#port = port
    this.#fail = fail
    this.#segment = segment
    this.#starts = new StartsFile(setup.startsPath)
    const { options } = setup.work
    const policy = kind.policyOf(options)
    const post = setup.sharedGates ? port.post.bind(port) : null
    this.#admission = policy === null ? null : new Admission(policy, post, nowMs)
    this.#intake = new Intake(openLease)
    const recorder = new Recorder(segment, setup.originMs, setup.worker)
    this.#runtime = new Runtime({
      permits: setup.permits,
      nowMs,
      makeLane: (number, onSettle) => new Lane(number, kind.layout, onSettle),
      intake: this.#intake,
      recorder,
      admission: this.#admission,
      starts: this.#starts,
      faults: new Map(setup.faults.map(([fault, index]) => [index, fault])),
      isCongested: () => this.#reporter.isCongested,
      onWant: () => port.post({ type: 'want' }),
      onIdle: () => this.#onIdle(),
    })
    this.#executor = kind.make(options, {
      nowMs,
      counters: recorder.counters,
      enterHost: (host, start) => this.#enterHost(host, start),
      leaveHost: host => this.#admission?.leave(host),
    })
    this.#runtime.use(this.#executor)
    this.#reporter = new Reporter({
      port,
      segment,
      recorder,
      intake: this.#intake,
      runtime: this.#runtime,
      gauges: new GaugeReader(),
      nowMs,
      onError: fail,
    })
  }

  handle(message: ToWorker): void {
    switch (message.type) {
      case 'setup':
        throw new Error('a worker is set up once')
      case 'grant':
        this.#intake.grant(message.lease)
        return this.#runtime.granted()
      case 'phase':
        this.#phase = message.phase
        return this.#runtime.setPhase(message.phase)
      case 'pause':
        return this.#runtime.setPaused(message.isPaused)
      case 'permits':
        this.#runtime.semaphore.resize(message.permits)
        return this.#runtime.pump()
      case 'ack':
        this.#reporter.acknowledge(message.seq)
        return this.#runtime.pump()
      case 'horizon':
        this.#intake.horizon = message.index
        return this.#runtime.pump()
      case 'rate.slots':
        return this.#admission?.slotsGranted(message.atMs)
      case 'host.grant':
        return this.#admission?.granted(message)
      case 'host.recall':
        return this.#admission?.recalled(message.host)
    }
  }

  #enterHost(host: string, start: () => void): () => void {
    if (this.#admission !== null) return this.#admission.enter(host, start)
    start()
    return () => undefined
  }

  #onIdle(): void {
    const { failure } = this.#intake
    if (failure !== null) return this.#fail(new JobError(failure.code, failure.message))
    if (this.#phase === PHASE.run) return this.#reporter.reportSoon()
    if (this.#isEnding) return
    this.#isEnding = true
    this.#end().catch(this.#fail)
  }

  async #end(): Promise<void> {
    this.#runtime.close()
    await this.#reporter.finish()
    this.#port.post({ type: 'drained' })
    this.#intake.close()
    this.#starts.close()
    await this.#executor.close()
    await this.#segment.close()
    this.#port.exit()
  }
}
