import { shallowRef } from 'vue'

import type { Client, RunPush } from '../../../shared/contract/contract.ts'
import { failureOf, type Failure } from '../../../shared/model/error.ts'
import type { LogEntry, RunHistory } from '../../../shared/model/run-history.ts'
import type { RunDetail, RunState, RunTick, Steering } from '../../../shared/model/run.ts'
import { oncePerFrame } from './once-per-frame.ts'
import { RunLog } from './run-log.ts'
import { RunSeries } from './series.ts'
import { followEvents } from './subscription.ts'

/** After a run has told its summary, its process lets go of it within this time, as a rule. */
const CLOSED_AFTER_MS = 300
/** A run that lives and cannot be followed is asked for anew so often. */
const AGAIN_MS = 2_000

interface FeedParts {
  readonly client: () => Client
  /** Whether there is a wire to ask over; when it comes back, whoever made the feed calls {@link RunFeed.load}. */
  readonly isConnected: () => boolean
  readonly onSteering: (steering: Steering) => void
}

/**
 * Everything told of one run: what its journal has, then what is pushed. Ticks are kept outside of reactivity; one of
 * them is shown at most once a frame.
 */
export class RunFeed {
  readonly series = new RunSeries()
  readonly runId = shallowRef<string | null>(null)
  readonly detail = shallowRef<RunDetail | null>(null)
  readonly failure = shallowRef<Failure | null>(null)
  /** Why charts and log of what was before cannot be had; the figures can. */
  readonly historyFailure = shallowRef<Failure | null>(null)
  readonly latency = shallowRef<RunHistory['latency'] | null>(null)
  /** The newest; `undefined` of a run that does not live. */
  readonly tick = shallowRef<RunTick>()
  readonly entries = shallowRef<readonly LogEntry[]>([])
  readonly entriesOmitted = shallowRef(0)
  /** What a living run said of its state; `null` before the first word. */
  readonly pushedState = shallowRef<RunState | null>(null)
  /** Rises when there is something new to draw. */
  readonly frame = shallowRef(0)

  readonly #parts: FeedParts
  readonly #log = new RunLog()
  readonly #redraw = oncePerFrame(() => this.#draw())
  #stop: (() => void) | null = null
  #again: ReturnType<typeof setTimeout> | null = null
  /** Answers to questions of an earlier visit are not heard. */
  #visit = 0
  /** It has told its summary: its process may hold it for a moment longer, and is not followed any more. */
  #hasEnded = false

  constructor(parts: FeedParts) {
    this.#parts = parts
  }

  get isAlive(): boolean {
    // A run that was resumed a moment ago may still have the state of its last end in its journal.
    return this.detail.value?.isOwned === true
  }

  /** Shows another run; the same one is only asked for anew. */
  async open(runId: string): Promise<void> {
    if (runId !== this.runId.value) {
      this.close()
      this.runId.value = runId
    }
    await this.load()
  }

  /** Asks for everything; what is shown meanwhile stays. */
  async load(): Promise<void> {
    const runId = this.runId.value
    if (runId === null) return
    const visit = this.#leave()
    const history = this.loadHistory()
    try {
      const detail = await this.#parts.client().call('runs.show', { runId })
      // Before it is followed: what is pushed joins on to what the journal has.
      await history
      if (visit !== this.#visit) return
      const isLeaving = this.#hasEnded && detail.isOwned
      this.detail.value = isLeaving ? { ...detail, isOwned: false } : detail
      this.failure.value = null
      if (this.isAlive) this.#follow(runId)
      else this.#settle()
      if (isLeaving) this.#again = setTimeout(() => void this.load(), AGAIN_MS)
    } catch (error) {
      if (visit === this.#visit) this.failure.value = failureOf(error)
    }
  }

  /** The run was resumed, here or elsewhere. */
  async revive(): Promise<void> {
    this.#hasEnded = false
    await this.load()
  }

  async loadHistory(): Promise<void> {
    const [runId, visit] = [this.runId.value, this.#visit]
    if (runId === null) return
    try {
      const history = await this.#parts.client().call('run.history', { runId })
      if (visit !== this.#visit) return
      this.series.adopt(history)
      this.#log.adopt(history)
      this.#showLog()
      this.latency.value = history.latency
      this.historyFailure.value = null
      this.#redraw()
    } catch (error) {
      if (visit === this.#visit) this.historyFailure.value = failureOf(error)
    }
  }

  close(): void {
    this.#leave()
    this.#redraw.cancel()
    this.series.clear()
    this.#log.clear()
    this.#showLog()
    for (const shown of [this.runId, this.detail, this.failure, this.historyFailure]) shown.value = null
    this.#hasEnded = false
    this.latency.value = null
    this.pushedState.value = null
    this.tick.value = undefined
  }

  #leave(): number {
    this.#stop?.()
    this.#stop = null
    if (this.#again !== null) clearTimeout(this.#again)
    this.#again = null
    this.#visit += 1
    return this.#visit
  }

  #follow(runId: string): void {
    this.#stop = followEvents(
      this.#parts.client(),
      { runId, cursor: 0 },
      {
        onPush: push => this.#take(push),
        onEnd: () => {
          // It has come to its end, or its process is gone: what is stored tells. When the wire is, it is waited for.
          if (!this.#parts.isConnected()) return
          this.#again = setTimeout(() => void this.load(), this.isAlive ? AGAIN_MS : CLOSED_AFTER_MS)
        },
      },
    )
  }

  #take({ elapsedMs, event }: RunPush): void {
    if (event.type === 'tick') {
      this.series.push(event.tick)
      this.pushedState.value = event.tick.state
      this.#redraw()
      return
    }
    if (this.#log.push(elapsedMs, event)) this.#showLog()
    if (event.type === 'run.state') this.pushedState.value = event.state
    if (event.type !== 'run.summary' || this.detail.value === null) return
    this.#hasEnded = true
    const { summary } = event
    const { state, tasks } = summary
    this.detail.value = { ...this.detail.value, summary, state, tasks, isOwned: false }
    this.#settle()
  }

  /** Nothing more is pushed: the stored figures count. */
  #settle(): void {
    this.tick.value = undefined
    this.pushedState.value = null
    this.#redraw()
  }

  #showLog(): void {
    this.entries.value = this.#log.entries
    this.entriesOmitted.value = this.#log.omitted
  }

  #draw(): void {
    const newest = this.series.last()
    if (newest !== undefined && this.isAlive) {
      this.tick.value = newest
      this.#parts.onSteering(newest.steering)
    }
    this.frame.value += 1
  }
}
