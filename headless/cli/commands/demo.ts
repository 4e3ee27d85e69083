import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { readCpuQuota } from '../../../engine/host/cpu-quota.ts'
import { EXIT } from '../../../shared/model/exit-code.ts'
import { PHASE } from '../../../shared/model/run.ts'
import type { RunOptions } from '../../../shared/model/job.ts'
import { forkSite } from '../../site/fork.ts'
import type { CommandCall } from '../command-spec.ts'
import { demoTable } from '../demo/demo-table.ts'
import { LoadWatch, loadsAreExact, measureLoad, writeLines } from '../demo/load-step.ts'
import { digestsAgree, LoopWatch, measure, speedUpOf, type Measurement } from '../demo/measurement.ts'
import { demoNotes } from '../demo/notes.ts'
import { databaseOf, DEMO_LAWS, demoSteps, jobOfStep, pageList, type DemoStep } from '../demo/steps.ts'
import { takeTour, type StepResult, type Tour } from '../demo/tour.ts'
import { isOn, type FlagValues } from '../flag-spec.ts'
import type { Host } from '../host.ts'
import { factsOf } from '../job-title.ts'
import type { OpenEngine } from '../open-engine.ts'
import { loadTranslate } from '../locale.ts'
import { watchRun } from '../run-session.ts'
import { paintLine, span, type Line } from '../terminal/line.ts'
import { wrap } from '../terminal/width.ts'

/** Milliseconds after its limit at which a run that does not end is asked more firmly. */
const STOPS = [
  { afterMs: 0, phase: PHASE.drain },
  { afterMs: 1_500, phase: PHASE.abort },
  { afterMs: 3_000, phase: PHASE.kill },
] as const

const TITLES = { crawl: 'demo.pages', cpu: 'demo.kernel', load: 'demo.lines' } as const

/** The tour: the same work under every model, measured, in a data directory of its own that is gone afterwards. */
export async function run({ values }: CommandCall, host: Host): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'interleave-demo-'))
  try {
    return await new Demo(values, host, folder).run()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

class Demo {
  readonly #values: FlagValues
  readonly #host: Host
  readonly #folder: string
  readonly #cpus = Math.ceil(readCpuQuota().cpus)

  constructor(values: FlagValues, host: Host, folder: string) {
    this.#values = values
    this.#host = host
    this.#folder = folder
  }

  async run(): Promise<number> {
    const { t, entries, openEngine } = this.#host
    this.#say(t('demo.intro'))
    await using site = await forkSite(entries('site'), DEMO_LAWS)
    await using engine = await openEngine({ ...this.#values, 'data-dir': join(this.#folder, 'data') })
    const steps = demoSteps(this.#cpus)
    const tour = await takeTour({
      steps,
      nowMs: () => performance.now(),
      announce: ({ kind, model }, at) =>
        this.#say(t('demo.step', { at: at + 1, of: steps.length, kind, model })),
      run: (step, limitMs) => this.#measure(engine, step, { origin: site.origin, limitMs }),
    })
    if (tour.signal !== null) return tour.signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated
    await this.#report(tour)
    const isWrong = digestsAgree(tour.measured) === false || loadsAreExact(tour.measured) === false
    return isWrong ? EXIT.internal : EXIT.done
  }

  async #measure(
    engine: OpenEngine,
    step: DemoStep,
    { origin, limitMs }: { readonly origin: string; readonly limitMs: number },
  ): Promise<StepResult> {
    const endMs = performance.now() + limitMs
    const name = `${step.kind}-${step.model}`
    const input = join(this.#folder, `${name}.txt`)
    const results = join(this.#folder, `${name}.jsonl`)
    if (step.kind === 'crawl') await writeFile(input, pageList(step, origin))
    const inputBytes = step.kind === 'load' ? await writeLines(input, step.tasks) : 0
    const job = jobOfStep(step, input)
    const options: RunOptions = {
      out: step.kind === 'load' ? [] : [results],
      outMode: 'create',
      allowFailures: { unit: 'percent', value: 100 },
      asserts: [],
      patienceMs: null,
      rejects: null,
      pass: 'write',
    }
    const loops = new LoopWatch()
    const watch = new LoadWatch(() => performance.now())
    let timers: readonly NodeJS.Timeout[] = []
    try {
      const { summary, signal } = await watchRun(
        {
          engine,
          values: this.#values,
          job: {
            ...factsOf(job, options),
            title: this.#host.t(TITLES[step.kind]),
          },
          isSilent: true,
          begin: async () => {
            const { runId } = await engine.client.call('run.start', { job, options })
            timers = STOPS.map(({ afterMs, phase }) =>
              setTimeout(() => stopLate(engine, runId, phase), endMs - performance.now() + afterMs),
            )
            return { runId }
          },
          onEvent: event => {
            if (event.type === 'tick') loops.take(event.tick)
            watch.take(event)
          },
        },
        this.#host,
      )
      if (step.kind !== 'load')
        return { measurement: await measure(step, summary, results, loops.busyRatio), signal }
      const found = { spanMs: watch.spanMs, inputBytes, database: databaseOf(input) }
      return { measurement: measureLoad(step, summary, found), signal }
    } finally {
      timers.forEach(clearTimeout)
    }
  }

  async #report({ measured: all, notRun }: Tour): Promise<void> {
    const { output, outSize, paintOut, t } = this.#host
    if (isOn(this.#values, 'json')) {
      const notes = demoNotes(all, this.#cpus, await loadTranslate('en'))
      const rows = all.map(measurement => rowOf(measurement, all))
      const document = {
        schema: 'interleave/demo@1',
        rows,
        digestsAgree: digestsAgree(all),
        loadsAreExact: loadsAreExact(all),
        notRun: notRun.map(({ kind, model }) => ({ kind, model })),
        notes,
        elapsedMs: performance.now(),
      }
      output.writeOut(`${JSON.stringify(document)}\n`)
      return
    }
    const { columns } = outSize()
    const notes = demoNotes(all, this.#cpus, t).flatMap(note =>
      wrap(note, Math.min(columns, 110) - 4).map((text, at): Line => [
        span(at === 0 ? '  · ' : '    ', 'dim'),
        span(text),
      ]),
    )
    const next: Line = [span(t('demo.next'), 'dim')]
    const lines: Line[] = [[], ...demoTable(all, notRun, { columns, t }), [], ...notes, [], next]
    output.writeOut(`${lines.map(line => paintLine(line, paintOut)).join('\n')}\n`)
  }

  #say(text: string): void {
    if (!isOn(this.#values, 'quiet')) this.#host.output.writeErr(`${text}\n`)
  }
}

function stopLate(engine: OpenEngine, runId: string, phase: (typeof STOPS)[number]['phase']): void {
  // A run that ends just then has nothing to stop any more.
  engine.client.call('run.stop', { runId, phase }).catch(() => undefined)
}

const rowOf = (measurement: Measurement, all: readonly Measurement[]) => {
  const { step, ...numbers } = measurement
  return {
    kind: step.kind,
    model: step.model,
    isSample: step.isSample,
    ...numbers,
    speedUp: speedUpOf(measurement, all),
  }
}
