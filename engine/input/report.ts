import { printable } from '../../shared/model/error.ts'
import { SAMPLE_CHARACTERS, type InputReport } from '../../shared/model/input-report.ts'

const NOTHING_KNOWN: InputReport = {
  input: '',
  is: 'unreadable',
  suits: [],
  format: null,
  packing: null,
  encoding: null,
  evidence: '',
  bytes: null,
  tasks: null,
  fields: null,
  urlField: null,
  first: [],
  files: [],
  failure: null,
}

/** @returns A report on `input` with what is known of it; without anything it is unreadable. */
export const reportOf = (input: string, known: Partial<Omit<InputReport, 'input'>>): InputReport => ({
  ...NOTHING_KNOWN,
  ...known,
  input,
})

/** @returns The beginning of a record, fit to be shown: tabs as they are, other control characters escaped. */
export const sampleText = (text: string): string =>
  text
    // Before escaping, which makes it longer: a record may have mebibytes.
    .slice(0, SAMPLE_CHARACTERS)
    .split('\t')
    .map(part => printable(part))
    .join('\t')
    .slice(0, SAMPLE_CHARACTERS)
    .toWellFormed()
