import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { previewLoad } from '../../../../engine/load/preview.ts'
import { defaultsOf } from '../../../../shared/model/field-schema.ts'
import { loadFields, type LoadOptions } from '../../../../shared/model/fields/load.ts'
import { JOB_SCHEMA, type LoadJob } from '../../../../shared/model/job.ts'
import { parallelismDefaultsOf } from '../../../../shared/model/parallelism.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interleave-'))
  const files = {
    'lines.txt': Array.from({ length: 50 }, (_, index) => ` line ${index} \n`).join(''),
    't.csv': 'id,name\n1,Ann\n2\n',
    'e.jsonl': '{"a": 1.0, "b": null}\n\n{"a":12345678901234567890}\n',
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  writeFileSync(join(folder, 'packed.gz'), gzipSync('packed\n'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const jobOf = (inputs: readonly string[], options: Partial<LoadOptions>): LoadJob => ({
  schema: JOB_SCHEMA,
  kind: 'load',
  inputs: inputs.map(input => (input === '-' ? input : join(folder, input))),
  load: { ...defaultsOf(loadFields), to: 'redis://localhost', ...options },
  parallelism: parallelismDefaultsOf('load'),
})

const commandsOf = async (input: string, options: Partial<LoadOptions> = {}) =>
  (await previewLoad(jobOf([input], options))).commands

describe('previewLoad', () => {
  it('shows the first twenty records of the first input, as they would be written', async () => {
    const { inputs, commands } = await previewLoad(jobOf(['lines.txt', 't.csv', 'packed.gz'], {}))
    expect(inputs.map(({ format, encoding, header }) => [format, encoding, header])).toEqual([
      ['lines', 'utf-8', null],
      ['csv', 'utf-8', ['id', 'name']],
      ['lines', 'utf-8', null],
    ])
    expect(inputs[2]!.evidence).toMatch(/gzip/)
    expect(commands).toEqual(
      Array.from({ length: 20 }, (_, index) => ['SET', String(index), `line ${index}`]),
    )
  })

  it('leaves standard input alone, and numbers nothing behind it', async () => {
    const { inputs, commands } = await previewLoad(jobOf(['-', 'lines.txt'], {}))
    expect(inputs).toHaveLength(1)
    expect(commands).toEqual([])
  })

  it('says why a record would be rejected in the place of its command', async () => {
    expect(await commandsOf('t.csv', { command: 'hset', key: 'u:{field:id}' })).toEqual([
      ['HSET', 'u:1', 'id', '1', 'name', 'Ann'],
      ['refused', 'line 3 has 1 cell, the header row has 2'],
    ])
  })

  it('shows rows of a table and lines of a file where they go there', async () => {
    expect(await commandsOf('e.jsonl', { to: 'sqlite:a.db', key: 'k{index}' })).toEqual([
      ['INSERT', 'key', 'k0', 'a', '1.0'],
      ['INSERT', 'key', 'k1', 'a', '12345678901234567890'],
    ])
    expect(await commandsOf('lines.txt', { to: 'sqlite:a.db' })).toContainEqual([
      'INSERT',
      'key',
      '3',
      'value',
      'line 3',
    ])
    expect(await commandsOf('e.jsonl', { to: 'jsonl:a.jsonl' })).toEqual([
      ['LINE', '{"a": 1.0, "b": null}'],
      ['LINE', '{"a":12345678901234567890}'],
    ])
    expect(await commandsOf('e.jsonl', { to: 'jsonl:a.jsonl', key: '{index}' })).toContainEqual([
      'LINE',
      '{"key":0,"a": 1.0, "b": null}',
    ])
  })

  it('refuses what would be refused before the first record', async () => {
    await expect(commandsOf('missing.txt')).rejects.toMatchObject({ code: 'E_SRC_IO' })
    await expect(commandsOf('t.csv', { key: '{field:nr}' })).rejects.toMatchObject({ code: 'E_SCHEMA' })
  })
})
