import { defineStore } from 'pinia'
import { computed, markRaw, watch } from 'vue'

import type { Input } from '../../shared/contract/contract.ts'
import type { PHASE, Phase, RunState } from '../../shared/model/run.ts'
import { useHostStore } from './host.ts'
import { useRunsStore } from './runs.ts'
import { lastSteering, logLinesOf } from './live/changes.ts'
import { drainOf } from './live/drain.ts'
import { failureLinesOf } from './live/failure-lines.ts'
import { figuresOf, firstSteeringOf, isFinal, isResumable, tunableOf } from './live/figures.ts'
import { loopLineOf } from './live/loop-line.ts'
import { markersOf, waitingForOf } from './live/markers.ts'
import { RunFeed } from './live/run-feed.ts'
import { runLinesOf } from './live/run-lines.ts'
import { Tuner, type Tunable } from './live/tuner.ts'

/** The run that is looked at: living, of another process, or ended; the same numbers in the end. */
export const useLiveStore = defineStore('live', () => {
  const host = useHostStore()
  const tuner: Tuner = new Tuner(tuning => host.client().call('run.tune', { runId: runIdOf(feed), tuning }))
  const feed: RunFeed = markRaw(
    new RunFeed({
      client: () => host.client(),
      isConnected: () => host.connection === 'open',
      onSteering: steering => tuner.reconcile(steering),
    }),
  )
  const { detail } = feed
  watch(
    () => host.connection,
    connection => {
      if (connection === 'open') void feed.load()
    },
  )
  const isAlive = computed(() => feed.isAlive)
  // Resumed by another page, or from a command line: the list of runs hears of it.
  const runs = useRunsStore()
  watch(
    () => runs.living.some(run => run.runId === detail.value?.runId),
    (isLiving, wasLiving) => {
      if (isLiving && !wasLiving && !feed.isAlive) void feed.revive()
    },
  )
  watch(isAlive, () => tuner.reset())
  const isStale = computed(() => host.connection !== 'open' && isAlive.value)
  const steering = computed(() =>
    detail.value === null
      ? null
      : {
          ...(feed.tick.value?.steering ?? lastSteering(feed.entries.value, firstSteeringOf(detail.value))),
          ...tuner.wanted.value,
        },
  )
  return {
    /** What is drawn, as of the newest frame. */
    linesOf: (windowMs: number | null) => {
      void feed.frame.value
      return runLinesOf(feed.series, windowMs, feed.isAlive)
    },
    /** What failed by kind, likewise. */
    failureLinesOf: (windowMs: number | null) => {
      void feed.frame.value
      return failureLinesOf(feed.series, windowMs, feed.isAlive)
    },
    /** How busy event loops were, likewise. */
    loopLine: () => {
      void feed.frame.value
      return loopLineOf(feed.series)
    },
    runId: feed.runId,
    detail,
    failure: feed.failure,
    historyFailure: feed.historyFailure,
    latency: feed.latency,
    tick: feed.tick,
    entriesOmitted: feed.entriesOmitted,
    isAlive,
    /** The wire is lost: what is shown was so a while ago. */
    isStale,
    /** What is asked for now would be heard and not be refused. */
    canAct: computed(() => host.mayControl && !isStale.value),
    ...shownOf(feed),
    tunable: computed(() => (detail.value === null ? new Set<never>() : tunableOf(detail.value.job))),
    steering,
    refusals: tuner.refusals,
    tune: (what: Tunable, value: number | null) => tuner.tune(what, value),
    open: (runId: string) => feed.open(runId),
    close: () => feed.close(),
    refreshHistory: () => feed.loadHistory(),
    ...actionsOn(feed),
  }
})

/** What follows from what is known of the run. */
function shownOf(feed: RunFeed) {
  const { detail, entries, tick } = feed
  return {
    state: computed<RunState>(() => {
      const known = detail.value?.state ?? 'planned'
      return feed.isAlive ? (feed.pushedState.value ?? known) : known
    }),
    /** Its process is gone, and it has not come to an end. */
    isInterrupted: computed(
      () => detail.value !== null && !detail.value.isOwned && !isFinal(detail.value.state),
    ),
    isResumable: computed(() => detail.value !== null && isResumable(detail.value, entries.value)),
    figures: computed(() => {
      void feed.frame.value
      return detail.value === null ? null : figuresOf(detail.value, tick.value, feed.series)
    }),
    markers: computed(() =>
      detail.value === null ? [] : markersOf(entries.value, firstSteeringOf(detail.value)),
    ),
    logLines: computed(() =>
      detail.value === null ? [] : logLinesOf(entries.value, firstSteeringOf(detail.value)),
    ),
    waitingFor: computed(() => (feed.isAlive ? waitingForOf(entries.value) : null)),
    drain: computed(() => (feed.isAlive ? drainOf(entries.value, tick.value) : null)),
  }
}

/** Each asks the host; what it refuses is thrown, for whoever asked to show. */
function actionsOn(feed: RunFeed) {
  const host = useHostStore()
  return {
    setPaused: (isPaused: boolean) => host.client().call('run.pause', { runId: runIdOf(feed), isPaused }),
    stop: (phase: Exclude<Phase, typeof PHASE.run>) =>
      host.client().call('run.stop', { runId: runIdOf(feed), phase }),
    /** Goes on with a run that stopped, under the same id. */
    resume: async (secrets?: Input<'run.resume'>['secrets']) => {
      const runId = runIdOf(feed)
      const asked = { runId, options: null, parallelism: null }
      await host.client().call('run.resume', secrets === undefined ? asked : { ...asked, secrets })
      await feed.revive()
    },
    /** Starts another run of the same job. @returns Its id. */
    runAgain: async (secrets?: Input<'run.start'>['secrets']) => {
      const { job, options } = feed.detail.value!
      const asked = { job, options }
      const started = await host
        .client()
        .call('run.start', secrets === undefined ? asked : { ...asked, secrets })
      return started.runId
    },
  }
}

function runIdOf({ runId, detail }: RunFeed): string {
  return detail.value?.runId ?? runId.value ?? 'latest'
}
