import { parseAllowance, type Allowance } from '../../shared/model/allowance.ts'
import { printable } from '../../shared/model/error.ts'
import type { JobSpec, RunOptions } from '../../shared/model/job.ts'
import type { TaskCounts } from '../../shared/model/run.ts'
import { allowedOf } from '../telemetry/summary.ts'
import type { FailureSample } from '../worker/protocol.ts'

/** Records that must be settled before their rejects are judged: the first lines of a file say little. */
const JUDGED_FROM = 10_000
const EXAMPLES = 3
const EXAMPLE_CHARACTERS = 70

/** @returns What a load lets pass; `null` for other jobs. @throws JobError `E_CONFIG`. */
export const rejectAllowanceOf = (
  job: JobSpec,
  { maxRejects }: Pick<RunOptions, 'maxRejects'>,
): Allowance | null =>
  job.kind === 'load' ? parseAllowance(maxRejects ?? job.load.maxRejects, '--max-rejects') : null

/** Notices when so many records of a load are rejected that it makes no sense to go on. */
export class RejectLimit {
  readonly #allowance: Allowance
  readonly #examples: string[] = []

  constructor(allowance: Allowance) {
    this.#allowance = allowance
  }

  /** Keeps the first ones as examples. */
  note(failures: readonly FailureSample[]): void {
    for (const { code, message } of failures) {
      if (this.#examples.length >= EXAMPLES) return
      const text = message.length <= EXAMPLE_CHARACTERS ? message : `${message.slice(0, EXAMPLE_CHARACTERS)}…`
      this.#examples.push(`${code} ${text}`)
    }
  }

  /** @returns Why the run has to stop; `null` while it may go on. */
  judge({ total, remaining, failed, quarantined }: TaskCounts): string | null {
    const settled = total - remaining
    const rejected = failed + quarantined
    if (settled < JUDGED_FROM || rejected <= allowedOf(this.#allowance, settled)) return null
    const { unit, value } = this.#allowance
    const limit = `${value}${unit === 'percent' ? '%' : ''}`
    const examples = this.#examples.length === 0 ? '' : `: ${this.#examples.join('; ')}`
    return printable(
      `${rejected} of ${settled} records rejected, more than --max-rejects ${limit}${examples}`,
    )
  }
}
