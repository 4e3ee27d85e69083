import { threadId } from 'node:worker_threads'
import { failureOf, JobError } from '../../shared/model/error.ts'
import { PHASE, type Phase } from '../../shared/model/run.ts'
import { SegmentWriter } from '../journal/segment-writer.ts'
import { nowMs } from './clock.ts'
import { GaugeReader } from './gauges.ts'
import type { ToWorker, WorkerSetup } from './protocol.ts'
import { Recorder } from './recorder.ts'
import { Reporter } from './reporter.ts'
import { StartsFile } from './starts-file.ts'
import { loadLoop, type LoopKind } from './loop-kind.ts'
import type { WorkLoop } from './work-loop.ts'
import type { WorkerPort } from './worker-port.ts'

/**
 * One worker: a loop that does its kind of work on one event loop, and a segment of its own.
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

interface WorkerParts {
  readonly setup: WorkerSetup
  readonly loop: LoopKind
  readonly segment: SegmentWriter
}

class Worker {
  readonly #port: WorkerPort
  readonly #loop: WorkLoop
  readonly #reporter: Reporter
  readonly #segment: SegmentWriter
  readonly #starts: StartsFile
  readonly #fail: (error: unknown) => void
  #phase: Phase = PHASE.run
  #isEnding = false

  static async make(port: WorkerPort, setup: WorkerSetup, fail: (error: unknown) => void): Promise<Worker> {
    const loop = await loadLoop(setup)
    const segment = await SegmentWriter.open({
      path: setup.segment.path,
      layout: loop.layout,
      runId: setup.runId,
      segmentId: setup.segment.id,
    })
    const worker = new Worker(port, { setup, loop, segment }, fail)
    port.post({ type: 'ready', pid: process.pid, threadId })
    return worker
  }

  private constructor(port: WorkerPort, parts: WorkerParts, fail: (error: unknown) => void) {
    const { setup, loop, segment } = parts
    this.#port = port
    this.#fail = fail
    this.#segment = segment
    this.#starts = new StartsFile(setup.startsPath)
    const recorder = new Recorder(segment, setup.originMs, setup.worker)
    this.#loop = loop.make(recorder, this.#starts, {
      post: port.post.bind(port),
      isCongested: () => this.#reporter.isCongested,
      onIdle: () => this.#onIdle(),
      sqliteThread: port.sqliteThread,
      onError: fail,
    })
    this.#reporter = new Reporter({
      port,
      segment,
      recorder,
      intake: this.#loop.intake,
      runtime: this.#loop.runtime,
      gauges: new GaugeReader(),
      nowMs,
      onError: fail,
    })
  }

  handle(message: ToWorker): void {
    const { intake, runtime, admission } = this.#loop
    switch (message.type) {
      case 'setup':
        throw new Error('a worker is set up once')
      case 'grant':
        intake.grant(message.lease)
        return runtime.granted()
      case 'phase':
        this.#phase = message.phase
        return runtime.setPhase(message.phase)
      case 'pause':
        return runtime.setPaused(message.isPaused)
      case 'permits':
        runtime.semaphore.resize(message.permits)
        return runtime.pump()
      case 'ack':
        this.#reporter.acknowledge(message.seq)
        return runtime.pump()
      case 'horizon':
        return this.#loop.setHorizon(message.index)
      case 'bounds':
        return this.#loop.setBounds(message.bounds, message.version)
      case 'rate.slots':
        return admission?.slotsGranted(message)
      case 'host.grant':
        return admission?.granted(message)
      case 'host.recall':
        return admission?.recalled(message.host)
      case 'host.hold':
        return admission?.held(message.host, message.untilMs)
    }
  }

  #onIdle(): void {
    const { failure } = this.#loop.intake
    if (failure !== null) return this.#fail(new JobError(failure.code, failure.message))
    if (this.#phase === PHASE.run) return this.#reporter.reportSoon()
    if (this.#isEnding) return
    this.#isEnding = true
    this.#end().catch(this.#fail)
  }

  async #end(): Promise<void> {
    this.#loop.runtime.close()
    await this.#reporter.finish()
    this.#port.post({ type: 'drained' })
    this.#loop.intake.close()
    this.#starts.close()
    await this.#loop.close()
    await this.#segment.close()
    this.#port.exit()
  }
}
