import { printable } from '../../shared/model/error.ts'
import type { LoadTarget } from '../../shared/model/load-target.ts'
import { planOf, refuseFields, type CommandPlan } from '../load/command-plan.ts'
import type { RecordView } from '../load/record-view.ts'
import type { Template } from '../load/template.ts'
import type { Refusal } from '../source/cursor.ts'
import type { DestinationKind } from './destination.ts'
import { JsonlEncoder } from './jsonl-encoder.ts'
import { LocalWriter, type LocalEncoder } from './local-writer.ts'

/**
 * Any destination without writing to it: every record is read and fills its templates, so that what is wrong with a
 * record shows, as far as it can without the destination. Nothing is connected or opened.
 */
export const dryRunOf = ({ kind }: LoadTarget): DestinationKind => ({
  kind,
  openControl: null,
  openWriter({ options }, context) {
    const encoder = kind === 'jsonl' ? new JsonlEncoder(options) : new PlanEncoder(planOf(options))
    return Promise.resolve(new LocalWriter(encoder, options.batch, context))
  },
})

const INTEGER = /^(?:0|-?[1-9]\d{0,18})$/
const MOST_INTEGER = 2n ** 63n
const NUMBER = /^[+-]?(?:inf|infinity|0x[\da-f]+|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)$/i

/** Fills the templates of a command as its destination would. */
class PlanEncoder implements LocalEncoder {
  readonly #plan: CommandPlan

  constructor(plan: CommandPlan) {
    this.#plan = plan
  }

  encode(record: RecordView): Refusal | null {
    const { key, value, score, command, spreadsFields } = this.#plan
    if (key.measure(record) < 0) return key.problem
    if (spreadsFields && record.fields !== null) return refuseFields(this.#plan, record)
    if (value.measure(record) < 0) return value.problem
    if (score !== null) return refuseUnless(isNumber, score, record, 'no number')
    if (command === 'incrby') return refuseUnless(isInteger, value, record, 'no integer of 64 bits')
    if (command === 'json.set') return refuseUnless(isJson, value, record, 'no JSON')
    return null
  }
}

function refuseUnless(
  isFit: (text: string) => boolean,
  template: Template,
  record: RecordView,
  problem: string,
): Refusal | null {
  if (template.measure(record) < 0) return template.problem
  const text = template.textOf(record)
  if (isFit(text)) return null
  return {
    code: 'E_DEST_DATA',
    message: printable(`line ${record.line}: "${text}" is ${problem}`),
    isSkip: false,
  }
}

const isNumber = (text: string): boolean => NUMBER.test(text)

const isInteger = (text: string): boolean => {
  if (!INTEGER.test(text)) return false
  const value = BigInt(text)
  return value >= -MOST_INTEGER && value < MOST_INTEGER
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
