import type { Comparison } from '../../shared/model/comparison.ts'
import type { Host } from './host.ts'

/** One line on a terminal that says how far a comparison is; nothing where standard error is none. */
export class ComparisonProgress {
  readonly #host: Host
  #isShown = false

  constructor(host: Host) {
    this.#host = host
  }

  show({ runsDone, runsPlanned, state, plan }: Comparison): void {
    const { output, t } = this.#host
    if (!output.err.isTTY || state !== 'running') return
    const text = t('compare.progress', {
      done: runsDone,
      planned: runsPlanned,
      points: plan.points.length,
    })
    output.writeErr(`\r\u001b[2K${text}`)
    this.#isShown = true
  }

  end(): void {
    if (this.#isShown) this.#host.output.writeErr('\r\u001b[2K')
  }
}
