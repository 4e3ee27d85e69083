import type { LoadOptions } from '../../shared/model/fields/load.ts'
import type { LoadJob } from '../../shared/model/job.ts'
import { PREVIEW_RECORDS, type InputPreview, type LoadPreview } from '../../shared/model/load-preview.ts'
import { parseTarget } from '../../shared/model/load-target.ts'
import { JsonlEncoder } from '../destination/jsonl-encoder.ts'
import { previewInput } from '../source/preview.ts'
import { checkFormat, planOf, type CommandPlan } from './command-plan.ts'
import { ObjectReader } from './json-fields.ts'
import { previewCommand, shown } from './preview-command.ts'
import type { FieldValues, RecordView } from './record-view.ts'
import type { Template } from './template.ts'

/** Inputs that are looked at: a job may name thousands. */
const PREVIEW_INPUTS = 100

/**
 * Looks at the beginning of each input, and at what the first records of the first one would become.
 *
 * @throws JobError for an input that cannot be read, and for options that do not fit it.
 */
export async function previewLoad({ inputs, load }: LoadJob): Promise<LoadPreview> {
  const plan = planOf(load)
  const wishes = { trim: load.trim, needsFields: plan.needsFields, invalidBytes: load.invalidBytes }
  const files = inputs.filter(input => input !== '-').slice(0, PREVIEW_INPUTS)
  const previews: InputPreview[] = []
  const commands: string[][] = []
  for (const input of files) {
    // Records of a later input have numbers that only reading the ones before it tells.
    const count = input === inputs[0] && commands.length === 0 ? PREVIEW_RECORDS : 0
    const { format, encoding, evidence, records } = await previewInput(input, load, count, wishes)
    checkFormat(plan, format)
    previews.push({ input, format: format.format, encoding, evidence, header: format.header })
    const toCommand = commandMaker(load, plan)
    for (const record of records) commands.push(toCommand(record))
  }
  return { inputs: previews, commands }
}

function commandMaker(load: LoadOptions, plan: CommandPlan): (record: RecordView) => string[] {
  const kind = load.to === null ? 'sqlite' : parseTarget(load.to).target.kind
  if (kind === 'sqlite') return record => rowOf(record, load, plan)
  if (kind !== 'jsonl') return record => previewCommand(plan, record)
  const lines = new JsonlEncoder(load)
  const objects = new ObjectReader({ needsFields: true, invalidBytes: load.invalidBytes })
  return record => {
    const refusal = record.refusal ?? lines.encode(withObject(record, objects))
    return refusal === null ? ['LINE', shown(Buffer.from(lines.output))] : ['refused', refusal.message]
  }
}

/** A preview has copies of records, and only objects as they were read are written as they stand. */
function withObject(record: RecordView, objects: ObjectReader): RecordView {
  const { fields, source, text, textStart, textEnd, line } = record
  if (fields === null || source === null || !/"format":"jsonl"/.test(source)) return record
  return objects.read(text, textStart, textEnd, line) === null ? { ...record, fields: objects } : record
}

/** @returns Names and values of the columns, in turn. */
function rowOf(record: RecordView, load: LoadOptions, plan: CommandPlan): string[] {
  const { fields, refusal } = record
  if (refusal !== null) return ['refused', refusal.message]
  const isPair = fields === null || load.value !== null
  const templates: [string, Template][] = [
    ...(isPair || load.key !== null ? [['key', plan.key] satisfies [string, Template]] : []),
    ...(isPair ? [['value', plan.value] satisfies [string, Template]] : []),
  ]
  const row = ['INSERT']
  for (const [column, template] of templates) {
    if (template.measure(record) < 0) return ['refused', template.problem?.message ?? '']
    row.push(column, shown(Buffer.from(template.textOf(record))))
  }
  return isPair ? row : [...row, ...cellsOf(fields)]
}

function cellsOf(fields: FieldValues): string[] {
  const cells: string[] = []
  for (let at = 0; at < fields.count; at += 1) {
    if (fields.isNull(at)) continue
    const value = fields.bytesOf(at).subarray(fields.startOf(at), fields.endOf(at))
    cells.push(shown(Buffer.from(fields.nameOf(at))), shown(value))
  }
  return cells
}
