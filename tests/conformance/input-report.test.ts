import { gzipSync } from 'node:zlib'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inspectInputs } from '../../engine/input/inspect.ts'
import type { InputReport } from '../../shared/model/input-report.ts'
import { SAMPLE_INPUTS } from '../support/input/sample-inputs.ts'
import { useTemporaryFolder } from '../support/source/temporary-folder.ts'

const folder = useTemporaryFolder()

const inspect = async (input: string): Promise<InputReport> =>
  (await inspectInputs([input]))[0] as InputReport

/** What is expected of the sample at `path`, whose messages and files name it. */
function expectedAt(path: string, expected: Partial<InputReport>): Partial<InputReport> {
  const { failure = null, files = [] } = expected
  const message = failure?.message.replace('{}', path) ?? ''
  return {
    ...expected,
    ...(failure === null ? {} : { failure: { ...failure, message } }),
    files: files.map(name => join(path, name)),
  }
}

describe('a report on an input', () => {
  it.each(SAMPLE_INPUTS)('tells $title', async ({ name, content, expected }) => {
    const path = join(folder.path, name)
    if (typeof content === 'function') content(path)
    else writeFileSync(path, content)
    const report = await inspect(path)
    expect(report).toMatchObject({ input: path, ...expectedAt(path, expected) })
    // What can be used has no reason why not, and the other way round.
    expect(report.failure === null).toBe(report.is === 'folder' || report.suits.length > 0)
  })

  it('says what follows the end of an archive', async () => {
    const path = folder.write('junk.gz', Buffer.concat([gzipSync('a\n'), Buffer.from('junk')]))
    const { evidence, tasks } = await inspect(path)
    expect(evidence).toMatch(/; .*junk\.gz: what follows its end at byte 22 is no gzip data and was ignored/)
    expect(tasks).toEqual({ count: 1, isEstimate: false })
  })

  it('is short for each of many inputs', async () => {
    const path = folder.write('many.txt', 'a line\n'.repeat(100))
    const reports = await inspectInputs(Array.from({ length: 300 }, () => path))
    expect(reports.map(({ first, tasks }) => [first.length, tasks?.count])).toEqual(
      reports.map(() => [2, 100]),
    )
  })

  it.skipIf(process.getuid?.() === 0)('tells a file that this user may not read', async () => {
    const path = folder.write('closed.txt', 'a')
    chmodSync(path, 0)
    expect((await inspect(path)).failure).toEqual({
      code: 'E_SRC_IO',
      message: `cannot read ${path}: this user may not read it`,
      retryable: false,
    })
  })
})

describe('a report on what is no path', () => {
  it.each([
    ['https://a.example/', { is: 'url', suits: ['crawl'], tasks: { count: 1, isEstimate: false } }],
    ['https://a.example/sitemap.xml', { is: 'sitemap', suits: ['crawl'], tasks: null }],
    ['-', { is: 'records', suits: ['load', 'crawl'], tasks: null }],
    ['ftp://a.example/', { is: 'url', suits: [], failure: { code: 'E_SCHEME_BLOCKED' } }],
    ['http://a.example:99999/', { is: 'url', suits: [], failure: { code: 'E_URL_INVALID' } }],
    ['data.txt', { is: 'unreadable', failure: { code: 'E_CONFIG' } }],
    ['\\\\host\\share\\data.txt', { is: 'unreadable', failure: { code: 'E_CONFIG' } }],
  ])('tells %s', async (input, expected) => {
    expect(await inspect(input)).toMatchObject({ input, ...expected })
  })
})
