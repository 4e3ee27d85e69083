import { describe, expect, it } from 'vitest'
import { jsonlDestination } from '../../../../engine/destination/jsonl.ts'
import { makeRecordParser } from '../../../../engine/load/record-parser.ts'
import type { RecordView } from '../../../../engine/load/record-view.ts'
import type { RecordFormat } from '../../../../engine/worker/protocol.ts'
import type { LoadOptions } from '../../../../shared/model/fields/load.ts'
import { LINES, makeRecord } from '../../../support/engine/load-records.ts'
import { makeDestinationRequest, makeWriterContext } from '../../../support/engine/writer-context.ts'

const JSONL: RecordFormat = { ...LINES, format: 'jsonl' }
const CSV: RecordFormat = { ...LINES, format: 'csv', delimiter: ',', header: ['id', 'name'] }

/** @returns The record as a cursor would show it. */
function parsed(text: string | Buffer, format: RecordFormat, given: Partial<RecordView> = {}): RecordView {
  const parser = makeRecordParser(format, { trim: true, needsFields: true, invalidBytes: 'keep' })
  const raw = Buffer.from(text as string)
  parser.parse(raw, 0, raw.length, { line: 1 })
  expect(parser.refusal).toBeNull()
  return {
    ...makeRecord('', given),
    text: parser.text,
    textStart: parser.textStart,
    textEnd: parser.textEnd,
    fields: parser.fields,
  }
}

/** @returns The line, or why there is none. */
async function lineOf(record: RecordView, options: Partial<LoadOptions> = {}): Promise<string> {
  const request = makeDestinationRequest({ to: 'jsonl:/tmp/copy.jsonl', ...options })
  const writer = await jsonlDestination.openWriter(request, makeWriterContext())
  const refusal = writer.add(record)
  await writer.close()
  return refusal === null ? writer.takeOutput!() : `${refusal.code}: ${refusal.message}`
}

describe('lines of a jsonl destination', () => {
  it('are key and value of a record of lines, the key a number where it is the index', async () => {
    const record = parsed('say "hé"\u2028', LINES, { index: 12 })
    expect(await lineOf(record)).toBe('{"key":12,"value":"say \\"hé\\""}')
    expect(await lineOf(record, { key: 'k{index}', value: '<{line}>' })).toBe(
      '{"key":"k12","value":"<say \\"hé\\">"}',
    )
  })

  it('are the cells of a row, as text', async () => {
    const record = parsed('007,"a ""b"""', CSV, { index: 3 })
    expect(await lineOf(record)).toBe('{"id":"007","name":"a \\"b\\""}')
    expect(await lineOf(record, { key: 'row {index}' })).toBe('{"key":"row 3","id":"007","name":"a \\"b\\""}')
    expect(await lineOf(record, { key: '{field:id}', value: '{field:name}' })).toBe(
      '{"key":"007","value":"a \\"b\\""}',
    )
  })

  it('are JSON objects as they stand, with every digit of their numbers', async () => {
    const text = '{ "big": 9007199254740993, "none": null, "list": [1.0, -0], "text": "é" }'
    const record = parsed(text, JSONL, { index: 5 })
    expect(await lineOf(record)).toBe(text)
    expect(await lineOf(record, { key: '{field:text}' })).toBe(
      '{"key":"é", "big": 9007199254740993, "none": null, "list": [1.0, -0], "text": "é" }',
    )
    expect(await lineOf(parsed('{ }', JSONL), { key: '{index}' })).toBe('{"key":0 }')
    expect(await lineOf(parsed('{\r"a":1}', JSONL))).toBe('{ "a":1}')
  })

  it('are refused where two members would have one name, or a template lacks its field', async () => {
    const record = parsed('{"key":1}', JSONL)
    expect(await lineOf(record, { key: '{index}' })).toBe(
      'E_SCHEMA: line 1 has a field "key", as the line has with --key',
    )
    expect(await lineOf(record, { key: '{field:id}' })).toMatch(/^E_SCHEMA: .*"id"/)
    expect(await lineOf(record)).toBe('{"key":1}')
  })

  it('are refused where they would not be UTF-8, or longer than a segment can hold', async () => {
    const latin = parsed(Buffer.from([0x63, 0xe9]), LINES)
    expect(await lineOf(latin, { invalidBytes: 'keep' })).toBe(
      'E_ENCODING: line 1 is not UTF-8, which JSON has to be',
    )
    expect(await lineOf(makeRecord('"'.repeat(2 ** 20)))).toMatch(/^E_DEST_DATA: .* would be a line of/)
  })

  it('cannot be compared with', async () => {
    const request = makeDestinationRequest({ to: 'jsonl:/tmp/copy.jsonl' }, 'verify')
    await expect(jsonlDestination.openWriter(request, makeWriterContext())).rejects.toMatchObject({
      code: 'E_CONFIG',
    })
  })
})
