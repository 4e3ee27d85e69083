import type { RecordLayout } from '../../shared/model/record-layout.ts'
import { CRAWL_LAYOUT, LOAD_LAYOUT, positionsOf } from '../../shared/model/record-layout.ts'
import type { RowView } from '../journal/row-view.ts'
import { makeRecordDecoder, type RecordDecoder } from '../load/decode.ts'
import { LINES_OF_UTF_8, readSource } from '../load/rejects-source.ts'
import { shownBytes } from '../source/refusals.ts'

/** Most characters of an input that a table shows. */
export const INPUT_CHARACTERS = 2_000
/** A character has four bytes at most, and four bytes have six in Base64, rounded up. */
const SHOWN_BASE64 = INPUT_CHARACTERS * 6

const { strings: CRAWL } = positionsOf(CRAWL_LAYOUT)
const { strings: LOAD } = positionsOf(LOAD_LAYOUT)

/** Reads what the selected row's task was given, as far as people are shown it; `null` where its kind has no such thing. */
export type ReadInput = (row: RowView) => string | null

export function inputReader(layout: RecordLayout): ReadInput {
  switch (layout.kind) {
    case 'crawl':
      return row => cut(row.string(CRAWL.url))
    case 'load':
      return readRecord
    case 'cpu':
      return () => null
  }
}

const cut = (text: string | null): string | null =>
  text === null || text.length <= INPUT_CHARACTERS ? text : wellFormed(text.slice(0, INPUT_CHARACTERS))

/** A pair that is cut in two leaves half a character. */
const wellFormed = (text: string): string => (text.isWellFormed() ? text : text.slice(0, -1))

function readRecord(row: RowView): string | null {
  const raw = row.string(LOAD.raw)
  if (raw === null) return null
  const bytes = Buffer.from(raw.slice(0, SHOWN_BASE64), 'base64')
  return cut(decoded(bytes, row.string(LOAD.source), raw.length > SHOWN_BASE64))
}

/** @returns The record as text; escaped where it is none, which may be why it was refused. */
function decoded(bytes: Buffer, source: string | null, isCut: boolean): string {
  const decoder = decoderOf(source)
  const wrongAt = decoder.decode(bytes, 0, bytes.length)
  if (wrongAt < 0) return decoder.text.toString('utf8', decoder.start, decoder.end)
  if (isCut && wrongAt >= bytes.length - 4 && decoder.decode(bytes, 0, wrongAt) < 0)
    return decoder.text.toString('utf8', decoder.start, decoder.end)
  return shownBytes(bytes)
}

/** Sources of a run are few: one for each of its inputs at most. */
const MOST_DECODERS = 64
const decoders = new Map<string | null, RecordDecoder>()

function decoderOf(source: string | null): RecordDecoder {
  const known = decoders.get(source)
  if (known !== undefined) return known
  const said = source === null ? LINES_OF_UTF_8 : readSource(source)
  const decoder = makeRecordDecoder(typeof said === 'string' ? 'utf-8' : said.encoding)
  if (decoders.size >= MOST_DECODERS) decoders.clear()
  decoders.set(source, decoder)
  return decoder
}
