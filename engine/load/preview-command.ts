import { printable } from '../../shared/model/error.ts'
import { JSON_PATH, LINE_FIELD, refuseFields, type CommandPlan } from './command-plan.ts'
import type { RecordView } from './record-view.ts'
import type { Template } from './template.ts'

/** Characters of an argument that are shown. */
const SHOWN_CHARACTERS = 80
/** Arguments that are shown: a row may have thousands of cells. */
const SHOWN_ARGUMENTS = 40

/**
 * @returns The command for a record as people read it, one text an argument: printable, long ones cut with their length
 *   in bytes. A record that cannot be written is its refusal: `["refused", "line 7: no field …"]`.
 */
export function previewCommand(plan: CommandPlan, record: RecordView): string[] {
  const refusal = record.refusal ?? refusalOf(plan, record)
  if (refusal !== null) return ['refused', refusal.message]
  const texts = [plan.command.toUpperCase(), ...argumentsOf(plan, record).map(shown)]
  const left = texts.length - SHOWN_ARGUMENTS
  return left <= 0 ? texts : [...texts.slice(0, SHOWN_ARGUMENTS), `… ${left} more`]
}

function refusalOf(plan: CommandPlan, record: RecordView): RecordView['refusal'] {
  if (plan.spreadsFields) {
    const refusal = refuseFields(plan, record)
    if (refusal !== null) return refusal
  }
  for (const template of templatesOf(plan, record)) if (template.measure(record) < 0) return template.problem
  return null
}

const templatesOf = (plan: CommandPlan, record: RecordView): Template[] => [
  plan.key,
  ...(plan.score === null ? [] : [plan.score]),
  ...(plan.spreadsFields && record.fields !== null ? [] : [plan.value]),
]

function argumentsOf(plan: CommandPlan, record: RecordView): Buffer[] {
  const [key, ...rest] = templatesOf(plan, record).map(template => bytesOf(template, record))
  return [key ?? Buffer.alloc(0), ...fixedArguments(plan), ...fieldArguments(plan, record), ...rest]
}

function fixedArguments(plan: CommandPlan): Buffer[] {
  if (plan.command === 'json.set') return [Buffer.from(JSON_PATH)]
  return plan.command === 'xadd' ? [Buffer.from('*')] : []
}

function fieldArguments(plan: CommandPlan, { fields }: RecordView): Buffer[] {
  if (!plan.spreadsFields) return []
  if (fields === null) return [Buffer.from(LINE_FIELD)]
  const pairs: Buffer[] = []
  for (let at = 0; at < fields.count; at++)
    if (!fields.isNull(at))
      pairs.push(
        Buffer.from(fields.nameOf(at)),
        fields.bytesOf(at).subarray(fields.startOf(at), fields.endOf(at)),
      )
  return pairs
}

function bytesOf(template: Template, record: RecordView): Buffer {
  const bytes = Buffer.allocUnsafe(Math.max(0, template.measure(record)))
  template.write(record, bytes, 0)
  return bytes
}

/** @returns An argument as people read it. */
export function shown(bytes: Buffer): string {
  // A character has four bytes at most; one more shows that something is left.
  const characters = [...printable(bytes.subarray(0, 4 * SHOWN_CHARACTERS + 4).toString())]
  if (characters.length <= SHOWN_CHARACTERS) return characters.join('')
  return `${characters.slice(0, SHOWN_CHARACTERS).join('')}… (${bytes.length} bytes)`
}
