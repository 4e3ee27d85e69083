import { failureOf, JobError } from '../../shared/model/error.ts'
import { INPUT_SAMPLES, type InputReport } from '../../shared/model/input-report.ts'
import type { RecordView } from '../load/record-view.ts'
import { headText } from '../source/head-text.ts'
import { looksLikeUrl } from '../source/kinds/csv-column.ts'
import type { OpenedFile } from '../source/open-file.ts'
import { firstRecords } from '../source/preview.ts'
import type { Recognition } from '../source/recognise.ts'
import type { LoadRecognition } from '../source/recognise-load.ts'
import { RecordBlocks } from '../source/record-blocks.ts'
import { shownBytes } from '../source/refusals.ts'
import type { RecordFormat } from '../worker/protocol.ts'
import { countUrlLines, estimateTasks, type TaskCount } from './count-records.ts'
import { headContent, type HeadContent } from './head-content.ts'
import { reportOf, sampleText } from './report.ts'
import { findUrlField, isWebUrl, type UrlField } from './url-evidence.ts'

/** Records that are looked at for URLs. */
const EVIDENCE_RECORDS = 100
/** Most names of fields in a report. */
const FIELDS = 1_000
const BRIEF_SAMPLES = 2

interface Looked {
  /** How a crawl would read it, or why it cannot. */
  readonly crawl: Recognition | JobError
  readonly load: LoadRecognition
  readonly mostBytes: number
  readonly isBrief: boolean
}

/** What a report says of whom it suits, in one piece: the count is of the likeliest kind of job. */
type Verdict = Pick<InputReport, 'is' | 'suits' | 'tasks' | 'fields' | 'urlField'> & {
  /** What speaks for it, in front of how it was recognised. */
  readonly because: readonly string[]
}

interface Cut {
  readonly format: RecordFormat
  readonly content: HeadContent
  readonly records: readonly RecordView[]
  /** Of a load. */
  readonly tasks: TaskCount
}

/** Reports on a file that a load can take: lines, rows, objects, or a list of URLs. */
export async function inspectRecords(path: string, file: OpenedFile, looked: Looked): Promise<InputReport> {
  const { format, packing, evidence } = looked.load
  const content = await headContent(path, file, packing, looked.mostBytes)
  const cut = cutRecords(format, content)
  const { because, ...verdict } = judge(cut, looked.crawl)
  const samples = looked.isBrief ? BRIEF_SAMPLES : INPUT_SAMPLES
  const first = cut.records.slice(0, samples).map(textOf)
  return reportOf(path, {
    ...verdict,
    format: format.format,
    packing: packing?.kind ?? null,
    encoding: format.encoding,
    evidence: [...because, evidence, ...(content.notice === null ? [] : [content.notice])].join('; '),
    bytes: file.stats.size,
    first: first.length > 0 ? first : beginningOf(format, content),
    ...(content.failure === null
      ? {}
      : { is: 'unreadable', suits: [], tasks: null, failure: failureOf(content.failure) }),
  })
}

function cutRecords(format: RecordFormat, content: HeadContent): Cut {
  const { bodyStart, bodyLine } = format
  const blocks = new RecordBlocks(format, { byteOffset: bodyStart, line: bodyLine })
  blocks.push(content.bytes.subarray(bodyStart))
  const window = blocks.take(content.isWhole)
  if (window === null) {
    const tasks = estimateTasks(0, { usedBytes: 0 }, content)
    return { format, content, records: [], tasks }
  }
  const { count } = window.extents
  // `bytes` end behind the last complete record.
  const usedBytes = bodyStart + window.bytes.length
  const tasks = estimateTasks(count, { usedBytes, skippedBytes: bodyStart }, content)
  const records = firstRecords(window, format, { count: Math.min(EVIDENCE_RECORDS, count) })
  return { format, content, records, tasks }
}

function judge(cut: Cut, crawl: Recognition | JobError): Verdict {
  const { format, tasks } = cut
  if (tasks?.count === 0 && !tasks.isEstimate) return forLoad(cut, ['there is no record in it'])
  // What a crawl cannot read, GB18030 without URLs for one, or a name that says otherwise.
  if (crawl instanceof JobError || format.format === 'rejects') return forLoad(cut, [])
  return format.format === 'lines' ? judgeLines(cut) : judgeFields(cut, format)
}

const forLoad = (cut: Cut, because: readonly string[]): Verdict => ({
  is: 'records',
  suits: ['load'],
  tasks: cut.tasks,
  fields: fieldsOf(cut),
  urlField: null,
  because,
})

function judgeLines(cut: Cut): Verdict {
  const texts = cut.records.map(textOf).filter(text => text.trim() !== '' && !text.startsWith('#'))
  const urls = texts.filter(isWebUrl).length
  if (urls === 0) return forLoad(cut, [])
  const isList = urls * 2 >= texts.length
  return {
    is: isList ? 'list' : 'records',
    suits: isList ? ['crawl', 'load'] : ['load', 'crawl'],
    tasks: isList ? countUrlLines(cut.content) : cut.tasks,
    fields: null,
    urlField: null,
    because: [`${urls} of the first ${texts.length} lines are URLs`],
  }
}

function judgeFields(cut: Cut, { header }: RecordFormat): Verdict {
  if (header?.some(looksLikeUrl) === true) return withoutHeader(cut)
  const fields = fieldsOf(cut)
  const found = fields === null ? null : findUrlField(fields, cut.records)
  if (found === null) return forLoad(cut, [])
  return {
    ...forLoad(cut, [evidenceOf(found)]),
    suits: found.isMain ? ['crawl', 'load'] : ['load', 'crawl'],
    urlField: found.name,
  }
}

const evidenceOf = ({ name }: UrlField): string => `the field "${name}" holds URLs`

/** A first row with a URL names no columns for a crawl; a load takes it for names all the same. */
const withoutHeader = (cut: Cut): Verdict => ({
  ...forLoad(cut, ['its first row holds a URL, so that it has no row of names']),
  suits: ['crawl', 'load'],
  tasks: cut.tasks === null ? null : { ...cut.tasks, count: cut.tasks.count + 1 },
  fields: null,
})

/** Of a table its columns, of objects the members of the first one. */
function fieldsOf({ format, records }: Cut): readonly string[] | null {
  if (format.header !== null) return format.header.slice(0, FIELDS)
  const fields = format.format === 'jsonl' ? records.find(({ fields }) => fields !== null)?.fields : null
  if (!fields) return null
  return Array.from({ length: Math.min(FIELDS, fields.count) }, (_, at) => fields.nameOf(at))
}

function textOf({ text, textStart, textEnd, raw, rawStart, rawEnd, refusal }: RecordView): string {
  if (refusal?.code === 'E_ENCODING') return shownBytes(raw.subarray(rawStart, rawEnd))
  return sampleText(text.toString('utf8', textStart, textEnd))
}

/** @returns The beginning of a record that is longer than what was read. */
function beginningOf({ encoding, bodyStart }: RecordFormat, { bytes, isWhole }: HeadContent): string[] {
  if (isWhole || bytes.length <= bodyStart) return []
  return [sampleText(headText(bytes.subarray(bodyStart, bodyStart + 1_200), encoding))]
}
