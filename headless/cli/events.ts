import type { RunEvent, RunSummary } from '../../shared/model/run.ts'
import type { Output } from './output.ts'

export const EVENTS_SCHEMA = 'interleave/events@1'

/** @returns One line of `--events`: the event's own members, beside `schema` and `type`. */
export function eventLine(event: RunEvent): string {
  switch (event.type) {
    case 'tick':
      return line({ schema: EVENTS_SCHEMA, type: 'tick', ...event.tick })
    case 'run.summary':
      return line({ ...event.summary, type: 'run.summary' })
    default:
      return line({ schema: EVENTS_SCHEMA, ...event })
  }
}

const line = (value: object): string => `${JSON.stringify(value)}\n`

/**
 * Writes a run's events as JSON Lines. While the reader of standard output is far behind, ticks are left out and
 * failures are counted instead of told, so that nothing piles up here.
 */
export class EventWriter {
  readonly #output: Output
  #omittedFailures = 0

  constructor(output: Output) {
    this.#output = output
  }

  take(event: RunEvent): void {
    const isFailure = event.type === 'task.failed'
    if (this.#output.isOutBehind && (isFailure || event.type === 'tick')) {
      if (isFailure) this.#omittedFailures += 1
      return
    }
    if (this.#omittedFailures > 0) {
      const count = this.#omittedFailures
      this.#omittedFailures = 0
      this.#output.writeOut(eventLine({ type: 'task.failed.omitted', count }))
    }
    this.#output.writeOut(eventLine(event))
  }

  /** The summary as the command ends with it, which knows more than the run: the signal that stopped it. */
  summary(summary: RunSummary): void {
    this.take({ type: 'run.summary', summary })
  }
}
