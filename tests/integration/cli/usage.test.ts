import { describe, expect, it } from 'vitest'

import { makeSandbox } from '../../support/cli/run-cli.ts'

describe('a wrong command line', () => {
  it.each([
    [['crwl'], 'Did you mean crawl?'],
    [['load', 'data.txt', '--out', 'x.jsonl'], 'Did you mean --to?'],
    [['cpu', '--tasks', '-5'], '--tasks'],
    [['cpu', '--model', 'loop', '--threads', '4'], '--threads 4 contradicts --model loop'],
    [['crawl', 'http://127.0.0.1:1/', '--out', 'x.txt'], '.jsonl, .csv or .db'],
    [['resume', 'nothing-here'], 'nothing-here'],
  ])('%j is told in one sentence and exits with 2', async (args, part) => {
    await using sandbox = await makeSandbox()
    const { code, out, err } = await sandbox.run(args)
    expect({ code, out, lines: err.trim().split('\n').length }).toEqual({ code: 2, out: '', lines: 1 })
    expect(err).toContain(part)
    expect(err).not.toMatch(/\n\s+at /)
  })

  it('is a document too with --json, in English whatever the language', async () => {
    await using sandbox = await makeSandbox()
    const env = { INTERLEAVE_LANG: 'zh_CN' }
    const { code, out, err } = await sandbox.run(['crawl', 'missing.txt', '--json'], { env })
    expect(code).toBe(5)
    expect(JSON.parse(out)).toMatchObject({
      schema: 'interleave/summary@1',
      runId: null,
      kind: 'crawl',
      error: { code: 'E_SRC_IO', message: expect.stringContaining('missing.txt is neither') as string },
      exit: { code: 5 },
    })
    expect(err).toContain('既不是 URL')
  })

  it('of the flags themselves is a document with --json as well', async () => {
    await using sandbox = await makeSandbox()
    const { code, out } = await sandbox.run(['cpu', '--nonsense', '--json'])
    expect({ code, error: (JSON.parse(out) as { error: unknown }).error }).toEqual({
      code: 2,
      error: {
        code: 'E_CONFIG',
        message: 'There is no flag --nonsense. See `interleave cpu --help`.',
        retryable: false,
      },
    })
  })
})

describe('help', () => {
  it('leads with examples and goes to standard output', async () => {
    await using sandbox = await makeSandbox()
    const { code, out, err } = await sandbox.run(['crawl', '--help'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out.indexOf('Examples')).toBeLessThan(out.indexOf('--per-host'))
    expect(out).toContain('interleave crawl urls.txt --out results.jsonl')
  })

  it('is the list of commands when nothing is asked for', async () => {
    await using sandbox = await makeSandbox()
    const [bare, version] = await Promise.all([sandbox.run([]), sandbox.run(['--version'])])
    expect([bare.code, version.code]).toEqual([0, 0])
    expect(bare.out).toMatch(/crawl[\s\S]*cpu[\s\S]*resume[\s\S]*doctor/)
    expect(version.out).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

describe('doctor', () => {
  it('reports the machine as a document', async () => {
    await using sandbox = await makeSandbox()
    const { code, out } = await sandbox.run(['doctor', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      schema: 'interleave/doctor@1',
      node: { version: process.versions.node },
      cpu: { quotaCpus: expect.any(Number) as number },
    })
  })
})
