import { describe, expect, it } from 'vitest'
import { linesOf, Workbench } from '../../support/cli.ts'
import { BAD_KINDS, withBadRecords } from '../../support/load/bad-records.ts'
import { startRedis } from '../../support/redis-server.ts'

const RECORDS = 20_000
const TEMPLATES = ['--key', '{field:id}', '--value', '{field:value}']

interface RejectLine {
  readonly index: number
  readonly line: number
  readonly byteOffset: number
  readonly byteLength: number
  readonly code: string
  readonly message: string
  readonly rawBase64: string
}

const byIndex = (a: { readonly index: number }, b: { readonly index: number }): number => a.index - b.index

describe('bad records of a load', () => {
  it.each([
    ['loop', []],
    ['processes', ['--processes', '2', '--partition', 'chunk']],
    ['threads', ['--threads', '2', '--partition', 'stride']],
  ])('stand in the rejects byte for byte under %s, and corrected make the whole', async (model, flags) => {
    await using bench = new Workbench()
    await using redis = await startRedis()
    const { content, bad, wanted } = withBadRecords(RECORDS, 11)
    bench.write('data.jsonl', content)
    const load = ['load', 'data.jsonl', '--to', redis.url, ...TEMPLATES, '--model', model, ...flags]
    const { code, summary } = await bench.runJson([...load, '--max-rejects', '5%'])
    expect(code).toBe(3)
    expect(summary.tasks).toMatchObject({ total: RECORDS, failed: bad.length, ok: RECORDS - bad.length })
    const rejects = (linesOf(bench.read('data.jsonl.rejects.jsonl')) as RejectLine[]).sort(byIndex)
    expect(new Set(bad.map(record => record.code)).size).toBeGreaterThan(2)
    expect(bad.length).toBeGreaterThan(BAD_KINDS)
    expect(
      rejects.map(({ index, line, byteOffset, byteLength, code: found, rawBase64 }) => ({
        ...{ index, line, byteOffset, byteLength, code: found, rawBase64 },
      })),
    ).toEqual(
      bad.map(({ index, line, byteOffset, raw, code: expected }) => ({
        ...{ index, line, byteOffset, byteLength: raw.length, code: expected },
        rawBase64: raw.toString('base64'),
      })),
    )
    expect(Number(await redis.cli('DBSIZE'))).toBe(RECORDS - bad.length)

    const corrected = rejects.map((reject, at) =>
      JSON.stringify({ ...reject, rawBase64: Buffer.from(bad[at]!.corrected).toString('base64') }),
    )
    bench.write('corrected.jsonl', `${corrected.join('\n')}\n`)
    const again = ['load', 'corrected.jsonl', '--format', 'rejects', '--to', redis.url, ...TEMPLATES]
    expect((await bench.runJson(again)).summary.tasks).toMatchObject({ total: bad.length, ok: bad.length })
    expect(Number(await redis.cli('DBSIZE'))).toBe(RECORDS)
    for (const { index } of bad) {
      expect(await redis.cli('GET', `key-${index}`)).toBe(wanted.get(`key-${index}`))
    }
  })

  it('loads rejects again under their old index', async () => {
    await using bench = new Workbench()
    await using redis = await startRedis()
    bench.write('data.txt', Buffer.concat([Buffer.from('a\nb\n'), Buffer.from([0xff]), Buffer.from('\nd\n')]))
    const load = ['load', 'data.txt', '--to', redis.url, '--max-rejects', '1']
    expect((await bench.runJson(load)).code).toBe(3)
    expect(await redis.cli('GET', '2')).toBe('')
    const [reject] = linesOf(bench.read('data.txt.rejects.jsonl')) as RejectLine[]
    expect(reject).toMatchObject({ index: 2, line: 3, byteOffset: 4, byteLength: 1, rawBase64: '/w==' })
    bench.write('again.jsonl', `${JSON.stringify({ ...reject, rawBase64: 'Yw==' })}\n`)
    expect((await bench.run(['load', 'again.jsonl', '--format', 'rejects', '--to', redis.url])).code).toBe(0)
    expect(await redis.cli('MGET', '0', '1', '2', '3')).toBe('a\nb\nc\nd')
  })

  it('stops a load whose records are mostly bad, with the first of them as examples', async () => {
    await using bench = new Workbench()
    bench.write('data.jsonl', 'this is not JSON\n'.repeat(200_000))
    const { code, summary } = await bench.runJson([
      'load',
      'data.jsonl',
      '--format',
      'jsonl',
      '--to',
      'null:',
    ])
    expect(code).toBe(3)
    expect(summary.tasks.remaining).toBeGreaterThan(0)
    expect(summary.exit.reason).toContain('E_PARSE')
  })
})

describe('a template that no record can fill', () => {
  it('is told once, before anything is read or written', async () => {
    await using bench = new Workbench()
    bench.write('rows.csv', 'id,name\n1,a\n2,b\n')
    const { code, summary } = await bench.runJson(['load', 'rows.csv', '--key', '{field:nope}'])
    expect([code, summary.error?.code, summary.tasks.failed]).toEqual([5, 'E_SCHEMA', 0])
    expect(summary.error?.message).toContain('"nope"')
    bench.write('lines.txt', 'a\nb\n')
    const lines = await bench.runJson(['load', 'lines.txt', '--to', 'null:', '--key', '{field:id}'])
    expect([lines.code, lines.summary.error?.code]).toEqual([2, 'E_CONFIG'])
  })
})
