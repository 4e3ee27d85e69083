import { JobError } from '../../shared/model/error.ts'
import type { ENCODINGS, EncodingName, LOAD_FORMATS } from '../../shared/model/fields/load.ts'
import { detectEncoding } from '../load/detect-encoding.ts'
import type { RecordFormat } from '../worker/protocol.ts'
import { findForeignData } from './content.ts'
import { headText, markBytesOf } from './head-text.ts'
import { HEAD_BYTES } from './limits.ts'
import { findFormat } from './load-format.ts'
import { formOfRows } from './load-rows.ts'
import { unpackHead } from './recognise.ts'
import type { HeadBytes, InputHead } from './stream-head.ts'
import { detectPacking, type Packing } from './unpack.ts'

/** What the user says of the inputs of a load. */
export interface LoadSetup {
  readonly format: (typeof LOAD_FORMATS)[number]
  readonly encoding: (typeof ENCODINGS)[number]
}

/** How the data of one input is to be read. */
export interface LoadRecognition {
  readonly format: RecordFormat
  readonly packing: Packing | null
  /** What it was recognised by, for people. */
  readonly evidence: string
}

/**
 * Tells how the records of an input are cut, encoded and packed, from its first bytes and, where they leave it open, from
 * its name.
 *
 * @param name Path or `standard input`, for the extension and for messages.
 * @throws JobError `E_CONFIG` naming what the data looks like when it is no text, or one JSON document; `E_ENCODING`,
 *   `E_PARSE` or `E_SCHEMA` when its header row cannot be read.
 */
export async function recogniseLoad(
  name: string,
  head: InputHead,
  setup: LoadSetup,
): Promise<LoadRecognition> {
  const first = await head.read(HEAD_BYTES)
  const packing = detectPacking(first.head)
  const content = await unpacked(name, first, packing, HEAD_BYTES)
  const { encoding, markBytes, evidence: encodingEvidence } = encodingOf(name, content, setup)
  const foreign = findForeignData(content.head, encoding)
  if (foreign !== null) throw new JobError('E_CONFIG', `${name} looks like ${foreign}, not like text`)
  const text = headText(content.head.subarray(markBytes), encoding)
  const { format, evidence } = findFormat(name, { text, isWhole: content.isWhole }, setup.format)
  const steps = [evidence, ...(packing === null ? [] : [packing.name]), encodingEvidence]
  return { format: await formOf(), packing, evidence: steps.join('; ') }

  function read(bytes: number): Promise<HeadBytes> {
    return readContent(name, head, packing, bytes)
  }

  function formOf(): Promise<RecordFormat> | RecordFormat {
    if (format === 'csv' || format === 'tsv')
      return formOfRows(name, { format, encoding, markBytes, text, content }, read)
    // Python keeps a mark at the beginning of UTF-8 text, and drops the one that names another encoding.
    const bodyStart = format === 'lines' && encoding === 'utf-8' ? 0 : markBytes
    return { format, encoding, delimiter: null, header: null, bodyStart, bodyLine: 1 }
  }
}

/** @returns The first bytes of what an input holds, at most `bytes`, unpacked. */
export async function readContent(
  name: string,
  head: InputHead,
  packing: Packing | null,
  bytes: number,
): Promise<HeadBytes> {
  return unpacked(name, await head.read(bytes), packing, bytes)
}

async function unpacked(
  name: string,
  packed: HeadBytes,
  packing: Packing | null,
  most: number,
): Promise<HeadBytes> {
  if (packing === null) return packed
  const head = await unpackHead(packed.head, packing, name, most)
  return { head, isWhole: packed.isWhole && head.length < most }
}

function encodingOf(
  name: string,
  { head, isWhole }: HeadBytes,
  { encoding }: LoadSetup,
): { readonly encoding: EncodingName; readonly evidence: string; readonly markBytes: number } {
  if (encoding !== 'auto')
    return { encoding, evidence: `${encoding} by --encoding`, markBytes: markBytesOf(head, encoding) }
  try {
    const found = detectEncoding(head, isWhole)
    return { ...found, evidence: `${found.encoding}: ${found.evidence}` }
  } catch (error) {
    if (!(error instanceof JobError)) throw error
    throw new JobError(error.code, `${name}: ${error.message}`, { cause: error })
  }
}
