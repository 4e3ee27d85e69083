import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { linesOf, Workbench } from '../../support/cli.ts'

let bench: Workbench
beforeEach(() => {
  bench = new Workbench()
})
afterEach(() => bench[Symbol.asyncDispose]())

interface RejectLine {
  readonly index: number
  readonly line: number
  readonly source?: { readonly input?: string }
}

const LOAD = ['--to', 'null:', '--max-rejects', '100%']
const BAD = Buffer.from('good\n\xff\n', 'latin1')

describe('a load of several inputs', () => {
  it('names the input in each of its rejects, also when they are loaded and refused again', async () => {
    bench.write('a.txt', BAD)
    bench.write('b.txt', 'good\n')
    bench.write('c.txt.gz', gzipSync(BAD))
    const rejectsOf = (path: string) =>
      (linesOf(bench.read(path)) as RejectLine[])
        .map(({ index, line, source }) => [index, line, source?.input])
        .sort(([one], [other]) => Number(one) - Number(other))
    const expected = [
      [1, 2, bench.path('a.txt')],
      [4, 2, bench.path('c.txt.gz')],
    ]
    await bench.runJson(['load', 'a.txt', 'b.txt', 'c.txt.gz', ...LOAD, '--rejects', 'first.jsonl'])
    expect(rejectsOf('first.jsonl')).toEqual(expected)
    await bench.runJson(['load', 'first.jsonl', ...LOAD, '--rejects', 'second.jsonl'])
    expect(rejectsOf('second.jsonl')).toEqual(expected)
  })

  it('says nothing of it where there is but one', async () => {
    bench.write('a.txt', BAD)
    await bench.runJson(['load', 'a.txt', ...LOAD])
    const [reject] = linesOf(bench.read('a.txt.rejects.jsonl')) as RejectLine[]
    expect(reject).toMatchObject({ index: 1 })
    expect(reject).not.toHaveProperty('source')
  })
})

describe('an archive with something behind its end', () => {
  it('is loaded, and people hear of what was left out', async () => {
    const member = gzipSync('a\nb\n')
    const path = bench.write('a.txt.gz', Buffer.concat([member, Buffer.from('what is this?')]))
    const notice = `${path}: what follows its end at byte ${member.length} is no gzip data and was ignored; is the file damaged there?`
    const { code, summary, stderr } = await bench.runJson(['load', 'a.txt.gz', ...LOAD])
    expect({ code, ok: summary.tasks.ok, notices: summary.notices }).toEqual({
      code: 0,
      ok: 2,
      notices: [notice],
    })
    expect(stderr).toContain('what follows its end at byte')
    const { stdout } = await bench.run(['load', 'a.txt.gz', ...LOAD, '--events'])
    expect(linesOf(stdout)).toContainEqual(expect.objectContaining({ type: 'run.notice', text: notice }))
  })
})
