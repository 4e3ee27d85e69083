import { COUNTER } from '../../shared/model/counters.ts'
import { OUTCOME } from '../../shared/model/outcome.ts'
import { PHASE, type Phase } from '../../shared/model/run.ts'
import type { Executor } from '../executor/executor.ts'
import { Semaphore } from '../schedule/semaphore.ts'
import type { Admission } from './admission.ts'
import { Appetite } from './appetite.ts'
import { strike, type Faults } from './faults.ts'
import type { HeldLease } from './held-lease.ts'
import type { Intake } from './intake.ts'
import type { Lane } from './lane.ts'
import type { Recorder } from './recorder.ts'
import type { StartsFile } from './starts-file.ts'
import { DelayedTasks, type Refusal, type WaitingTask } from './task-store.ts'

/** Most tasks that are read but wait for a host or a retry; beyond it nothing more is read. */
const WAITING_TASKS = 10_000

/** How long synchronous tasks may hold the loop before messages are let in. */
const TURN_MS = 8

export interface RuntimeParts {
  readonly permits: number
  readonly nowMs: () => number
  readonly makeLane: (number: number, onSettle: (lane: Lane) => void) => Lane
  readonly intake: Intake
  readonly recorder: Recorder
  readonly admission: Admission | null
  readonly starts: StartsFile
  readonly faults: Faults
  /** Whether reports are so far behind that nothing more may settle. */
  readonly isCongested: () => boolean
  /** Few unread tasks are left. */
  readonly onWant: () => void
  /** Nothing is in flight, and nothing will be without a new lease, because of the phase, or of a lease that cannot be read. */
  readonly onIdle: () => void
}

/**
 * Keeps a worker's lanes busy: takes tasks from retries, parked hosts and leases, in this order, as long as the
 * semaphore has a permit.
 *
 * A task costs no promise and no object unless it has to wait. What an executor settles synchronously is taken in
 * the same turn, and a turn ends after {@link TURN_MS}, so that messages always get in.
 */
export class Runtime {
  readonly semaphore: Semaphore
  readonly #parts: RuntimeParts
  readonly #nowMs: () => number
  #executor: Executor | null = null
  readonly #free: Lane[] = []
  readonly #busy: (HeldLease | null)[] = []
  readonly #lanes: Lane[] = []
  readonly #hosts: string[] = []
  readonly #delayed = new DelayedTasks()
  /** A task that has its host's permit but no rate slot yet. */
  #next: WaitingTask | null = null
  #timer: NodeJS.Timeout | null = null
  #timerAtMs = Infinity
  /** The newest reading of the clock, and whether nothing but bookkeeping has happened since. */
  #readAtMs = 0
  #isFresh = false
  #turnEndMs = NaN
  #isPumping = false
  #isTurnOver = false
  #isPaused = false
  #phase: Phase = PHASE.run
  readonly #appetite: Appetite

  constructor(parts: RuntimeParts) {
    this.#parts = parts
    this.#nowMs = parts.nowMs
    this.semaphore = new Semaphore(parts.permits)
    this.#appetite = new Appetite(parts.onWant)
    parts.intake.onReadable = () => this.pump()
    if (parts.admission !== null) parts.admission.onChange = () => this.pump()
  }

  /** @param executor Made with this runtime's admission; set before the first lease is granted. */
  use(executor: Executor): void {
    this.#executor = executor
  }

  get inFlight(): number {
    return this.semaphore.inFlight
  }

  /**
   * Lanes that are at work, as a view should show it: tasks that settle synchronously are never in flight when anything
   * else gets to look, but between two turns of them one lane is busy all the same.
   */
  get busyLanes(): number {
    return Math.max(this.inFlight, this.#isTurnOver ? 1 : 0)
  }

  /** Tasks that were read but are neither in flight nor settled. */
  get waiting(): number {
    return this.#delayed.size + (this.#parts.admission?.waiting ?? 0) + (this.#next === null ? 0 : 1)
  }

  /** What some lane is working on; for people. */
  get current(): string | null {
    const at = this.#busy.findIndex(held => held !== null)
    const lane = this.#lanes[at] ?? (this.#isTurnOver ? this.#lanes[0] : undefined)
    if (lane === undefined) return null
    return lane.input === '' ? `#${lane.index}` : lane.input
  }

  /** Tells how fast tasks settle, so that new leases are asked for in time. */
  noteSettledSince(elapsedMs: number): void {
    this.#appetite.noteSettledSince(elapsedMs)
  }

  /** A lease was granted: the next may be asked for again. */
  granted(): void {
    this.#appetite.granted()
    this.pump()
  }

  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused
    this.pump()
  }

  setPhase(phase: Phase): void {
    if (phase <= this.#phase) return
    this.#phase = phase
    if (phase >= PHASE.abort) {
      for (const [number, held] of this.#busy.entries()) {
        if (held !== null) this.#executor?.abort(this.#lanes[number]!)
      }
    }
    if (this.inFlight === 0) this.#parts.onIdle()
  }

  /** Starts tasks until something bounds them. Safe to call at any time, also from inside a settling task. */
  pump(): void {
    if (this.#isPumping || this.#isTurnOver) return
    this.#isPumping = true
    // Set by the first start of this turn, which reads the clock anyway.
    this.#turnEndMs = NaN
    while (this.#canStart() && this.#startOne()) {
      if (this.#readAtMs > this.#turnEndMs) {
        this.#isTurnOver = true
        setImmediate(() => {
          this.#isTurnOver = false
          this.pump()
        })
        break
      }
    }
    this.#isPumping = false
    this.#isFresh = false
    if (this.#phase === PHASE.run) this.#appetite.askInTime(this.#parts.intake.unreadTasks)
    if (this.#isIdle) this.#parts.onIdle()
  }

  /** Stops timers; tasks that wait are dropped, unsettled. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#delayed.clear()
    this.#parts.admission?.close()
  }

  /**
   * The clock, read at most once between the end of a task and the start of the next: at a million tasks a second its
   * readings cost more than everything else here.
   */
  #turnMs(): number {
    if (!this.#isFresh) this.#readAtMs = this.#nowMs()
    this.#isFresh = false
    if (Number.isNaN(this.#turnEndMs)) this.#turnEndMs = this.#readAtMs + TURN_MS
    return this.#readAtMs
  }

  get #isIdle(): boolean {
    if (this.#isTurnOver || this.inFlight > 0) return false
    if (this.#phase !== PHASE.run) return true
    const { intake } = this.#parts
    return intake.failure !== null || (this.waiting === 0 && intake.unread === 0)
  }

  #canStart(): boolean {
    return (
      this.#phase === PHASE.run &&
      !this.#isPaused &&
      this.semaphore.inFlight < this.semaphore.limit &&
      !this.#parts.isCongested()
    )
  }

  /** @returns Whether a task was started or settled; `false` when there is none that may start now. */
  #startOne(): boolean {
    const admission = this.#parts.admission
    const waiting = this.#takeWaiting(admission)
    if (waiting !== null) return this.#startWaiting(waiting, admission)
    if (this.waiting >= WAITING_TASKS) return false
    const { intake } = this.#parts
    if (intake.next() !== 'record') return false
    const held = intake.held!
    const nowMs = this.#turnMs()
    const quarantine = held.lease.quarantine
    if (intake.refusal !== null || quarantine !== null) {
      this.#refuse(held, intake.refusal, quarantine, nowMs)
      return true
    }
    const host = admission === null ? '' : this.#executor!.gateOf(intake.value)
    if (admission !== null && (admission.isBounded(host) || admission.isRateBounded)) {
      const { index, value: input, line } = intake
      const task = { held, index, input, line, attempt: 1, queuedAtMs: nowMs, firstStartedAtMs: NaN, host }
      if (!admission.tryHost(task)) return true
      return this.#startWaiting(task, admission)
    }
    admission?.pass(host)
    this.#start(held, intake.index, intake.value, intake.line, 1, nowMs, nowMs, host)
    return true
  }

  #takeWaiting(admission: Admission | null): WaitingTask | null {
    if (this.#next !== null) {
      const task = this.#next
      this.#next = null
      return task
    }
    if (this.#delayed.size > 0) {
      const due = this.#delayed.popDue(this.#nowMs())
      if (due !== undefined) {
        // A retry stands in line for its host like any other task.
        if (admission === null || admission.tryHost(due)) return due
      } else this.#wakeAt(this.#delayed.nextMs)
    }
    return admission?.next() ?? null
  }

  /** Starts a task that has its host's permit, as soon as the rate allows. */
  #startWaiting(task: WaitingTask, admission: Admission | null): boolean {
    if (admission !== null && !admission.tryRate(this.semaphore.limit - this.semaphore.inFlight)) {
      this.#next = task
      return false
    }
    const nowMs = this.#turnMs()
    const first = Number.isNaN(task.firstStartedAtMs) ? nowMs : task.firstStartedAtMs
    this.#start(task.held, task.index, task.input, task.line, task.attempt, task.queuedAtMs, first, task.host)
    return true
  }

  // Positional, since an options object would be one allocation per task.
  #start(
    held: HeldLease,
    index: number,
    input: string,
    line: number,
    attempt: number,
    queuedAtMs: number,
    firstStartedAtMs: number,
    host: string,
  ): void {
    this.semaphore.tryAcquire()
    const lane = this.#take(held, index, input, line)
    lane.attempt = attempt
    lane.queuedAtMs = queuedAtMs
    lane.firstStartedAtMs = firstStartedAtMs
    lane.startedAtMs = attempt === 1 ? firstStartedAtMs : this.#readAtMs
    this.#hosts[lane.number] = host
    if (host !== '') this.#parts.admission?.started(host)
    if (held.lease.careful) this.#parts.starts.note(lane.number, index)
    const { faults } = this.#parts
    if (faults.size > 0 && faults.has(index)) strike(faults.get(index)!)
    this.#executor!.start(lane)
  }

  #take(held: HeldLease, index: number, input: string, line: number): Lane {
    const lane = this.#free.pop() ?? this.#addLane()
    lane.reset()
    lane.index = index
    lane.input = input
    lane.line = line
    this.#busy[lane.number] = held
    return lane
  }

  #addLane(): Lane {
    const lane = this.#parts.makeLane(this.#lanes.length, settled => this.#settle(settled))
    this.#lanes.push(lane)
    this.#busy.push(null)
    this.#hosts.push('')
    return lane
  }

  #settle(lane: Lane): void {
    const nowMs = Number.isNaN(lane.endedAtMs) ? this.#nowMs() : lane.endedAtMs
    this.#readAtMs = nowMs
    this.#isFresh = this.#isPumping
    const held = this.#busy[lane.number]
    if (held === null || held === undefined) throw new Error(`lane ${lane.number} settled a task twice`)
    if (Number.isNaN(lane.retryAtMs)) {
      this.#parts.recorder.record(lane, nowMs, true)
      this.#markSettled(held, lane.index)
    } else if (lane.retryAtMs !== Infinity) {
      this.#parts.recorder.counters[COUNTER.retries]! += 1
      this.#delay(lane, held)
    }
    this.#busy[lane.number] = null
    this.#free.push(lane)
    this.semaphore.release()
    this.pump()
  }

  #delay(lane: Lane, held: HeldLease): void {
    this.#delayed.push(lane.retryAtMs, {
      held,
      index: lane.index,
      input: lane.input,
      line: lane.line,
      attempt: lane.attempt + 1,
      queuedAtMs: lane.retryAtMs,
      firstStartedAtMs: lane.firstStartedAtMs,
      host: this.#hosts[lane.number]!,
    })
    this.#wakeAt(this.#delayed.nextMs)
  }

  /** Records a task that must not be executed. */
  #refuse(held: HeldLease, refusal: Refusal | null, quarantine: string | null, nowMs: number): void {
    const { intake, recorder } = this.#parts
    const lane = this.#take(held, intake.index, intake.value, intake.line)
    lane.attempt = 1
    lane.queuedAtMs = nowMs
    lane.firstStartedAtMs = nowMs
    this.#executor!.describe(lane)
    if (refusal === null) lane.refuse(OUTCOME.quarantined, 'E_QUARANTINED', quarantine ?? '')
    else lane.refuse(refusal.isSkip ? OUTCOME.skipped : OUTCOME.failed, refusal.code, refusal.message)
    recorder.record(lane, nowMs, false)
    this.#markSettled(held, lane.index)
    this.#busy[lane.number] = null
    this.#free.push(lane)
  }

  #markSettled(held: HeldLease, index: number): void {
    held.settled.push(index)
    held.open -= 1
    this.#appetite.settled += 1
  }

  #wakeAt(atMs: number): void {
    if (atMs === Infinity || atMs >= this.#timerAtMs) return
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timerAtMs = atMs
    this.#timer = setTimeout(
      () => {
        this.#timer = null
        this.#timerAtMs = Infinity
        this.pump()
      },
      Math.max(1, atMs - this.#nowMs()),
    )
  }
}
