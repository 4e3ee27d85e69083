import { bytes as size } from '../../shared/locales/format.ts'
import { groupDigits, type Translate } from '../../shared/locales/translate.ts'
import { printable } from '../../shared/model/error.ts'
import type { InputReport } from '../../shared/model/input-report.ts'
import { span, type Line } from './terminal/line.ts'
import { cut, padEnd, widthOf, wrap } from './terminal/width.ts'

interface Style {
  readonly t: Translate
  readonly columns: number
}

/** Most first records, and most files of a folder, that are printed; `--json` has all. */
const SHOWN_RECORDS = 3
const SHOWN_FILES = 20

const LABELS = [
  'inspect.suits',
  'inspect.format',
  'inspect.size',
  'inspect.tasks',
  'inspect.fields',
  'inspect.urlField',
  'inspect.evidence',
  'inspect.first',
  'inspect.files',
] as const

/** @returns A line that names each input and what it is, then what is known of it, one thing a line. */
export function inspectLines(reports: readonly InputReport[], style: Style): Line[] {
  return reports.flatMap((report, at) => [...(at === 0 ? [] : [[]]), ...reportLines(report, style)])
}

function reportLines(report: InputReport, style: Style): Line[] {
  const { t, columns } = style
  const { input, failure } = report
  // A report may say what a file is and why it cannot be used all the same.
  const isBad = failure !== null
  const is = t(isBad ? 'inspect.is.unreadable' : `inspect.is.${report.is}`)
  const head: Line = [span(printable(input), 'strong'), span(': '), span(is, isBad ? 'failed' : null)]
  const problem = isBad ? wrap(`${failure.message} (${failure.code})`, Math.max(20, columns - 2)) : []
  return [head, ...problem.map((line): Line => [span(`  ${line}`)]), ...facts(report, style)]
}

function facts(report: InputReport, style: Style): Line[] {
  const { t } = style
  const { suits, format, packing, encoding, bytes, tasks, fields, urlField, evidence } = report
  const formats = [format, encoding, packing].filter(name => name !== null)
  return [
    ...fact('inspect.suits', suits.map(kind => `interleave ${kind === 'cpu' ? 'run' : kind}`).join(', ')),
    ...fact('inspect.format', formats.join(', ')),
    ...fact('inspect.size', bytes === null ? '' : size(bytes)),
    ...fact('inspect.tasks', tasks === null ? '' : countOf(tasks, t)),
    ...fact('inspect.fields', (fields ?? []).map(name => printable(name)).join(', ')),
    ...fact('inspect.urlField', urlField === null ? '' : printable(urlField)),
    ...fact('inspect.evidence', printable(evidence)),
    ...listed('inspect.first', report.first, SHOWN_RECORDS, style),
    ...filesOf(report, style),
  ]

  function fact(label: (typeof LABELS)[number], text: string): Line[] {
    if (text === '') return []
    const indent = labelColumns(t)
    const lines = wrap(text, Math.max(20, style.columns - indent))
    return lines.map((line, at) => [labelOf(at === 0 ? t(label) : '', indent), span(line)])
  }
}

const countOf = ({ count, isEstimate }: NonNullable<InputReport['tasks']>, t: Translate): string =>
  isEstimate ? t('inspect.about', { count: groupDigits(Number(count.toPrecision(3))) }) : groupDigits(count)

const labelColumns = (t: Translate): number => Math.max(...LABELS.map(label => widthOf(t(label)))) + 4

const labelOf = (label: string, columns: number): Line[number] => span(padEnd(`  ${label}`, columns), 'dim')

function filesOf({ is, files }: InputReport, style: Style): Line[] {
  if (is !== 'folder') return []
  const { t } = style
  if (files.length > 0) return listed('inspect.files', files, SHOWN_FILES, style)
  return [[labelOf(t('inspect.files'), labelColumns(t)), span(t('inspect.noFiles'))]]
}

/** One text a line, cut to the terminal; what is left out is counted where it is more than a sample. */
function listed(
  label: 'inspect.first' | 'inspect.files',
  texts: readonly string[],
  most: number,
  { t, columns }: Style,
): Line[] {
  const indent = labelColumns(t)
  const lines = texts
    .slice(0, most)
    .map((text, at): Line => [
      labelOf(at === 0 ? t(label) : '', indent),
      span(cut(printable(text.replaceAll('\t', ' ')), Math.max(20, columns - indent))),
    ])
  const left = texts.length - lines.length
  if (label === 'inspect.first' || left === 0) return lines
  return [...lines, [labelOf('', indent), span(t('inspect.more', { count: left }), 'dim')]]
}
