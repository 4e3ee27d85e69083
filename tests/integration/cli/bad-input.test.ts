import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunSummary } from '../../../shared/model/run.ts'
import { documentOf, Workbench, type Ended } from '../../support/cli.ts'
import { startSite, type Site } from '../../support/site.ts'

let bench: Workbench
let site: Site

beforeAll(async () => {
  bench = new Workbench()
  site = await startSite()
  bench.write('one.txt', `${site.origin}/page/1\n`)
  bench.write('empty.txt', '')
  bench.write('blank.txt', '# nothing but a comment\n\n   \n')
  bench.write('program.txt', readFileSync(process.execPath).subarray(0, 100_000))
  bench.write('picture.txt', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'))
  bench.write('pages.csv', `name,address\na,${site.origin}/page/1\n`)
  bench.write('cut.ilv.json', '{"schema":"interleave/job@1",')
  bench.write('other.ilv.json', '{"schema":"interleave/job@7","kind":"crawl"}')
  const job = { schema: 'interleave/job@1', kind: 'crawl', inputs: ['one.txt'] }
  bench.write('surprise.ilv.json', JSON.stringify({ ...job, surprise: 1 }))
  bench.write('wrong.ilv.json', JSON.stringify({ ...job, parallelism: { inFlight: -5 } }))
  bench.write('out.ilv.json', JSON.stringify({ ...job, out: ['/etc/passwd'] }))
  bench.makeFolder('folder')
  execFileSync('mkfifo', [bench.path('pipe')])
})

afterAll(async () => {
  await bench[Symbol.asyncDispose]()
  await site[Symbol.asyncDispose]()
})

const withoutTrace = ({ stdout, stderr }: Ended): void => {
  expect(stderr + stdout).not.toMatch(/\n\s+at |node:internal|\.[jt]s:\d+:\d+/)
}

/** Runs the command with and without `--json`: the sentence for people, the document for programs. */
async function refused(
  args: readonly string[],
): Promise<{ code: number | null; sentence: string; error: string | undefined }> {
  const forPeople = await bench.run(args)
  const forPrograms = await bench.run([...args, '--json'])
  const { error, exit } = documentOf(forPrograms) as RunSummary
  withoutTrace(forPeople)
  withoutTrace(forPrograms)
  expect(forPeople.stdout).toBe('')
  expect(forPrograms.code).toBe(forPeople.code)
  expect(exit.code).toBe(forPeople.code)
  expect(error?.message.length).toBeGreaterThan(10)
  return { code: forPeople.code, sentence: forPeople.stderr, error: error?.code }
}

describe('a command line that cannot be carried out', () => {
  const inFlight = (value: string) => ['crawl', 'one.txt', '--in-flight', value]
  it.each<[what: string, args: readonly string[], says: string]>([
    ['an unknown flag', ['crawl', 'one.txt', '--retrys', '3'], 'Did you mean --retries?'],
    ['a flag near to nothing', ['crawl', 'one.txt', '--wat'], 'See `interleave crawl --help`'],
    ['an unknown command', ['craw', 'one.txt'], 'Did you mean crawl?'],
    ['no input', ['crawl'], 'Missing <input>'],
    ['too many arguments', ['cpu', 'surplus'], 'Unexpected argument "surplus"'],
    ['a flag without its value', ['crawl', 'one.txt', '--retries'], '--retries'],
    ['zero in flight', inFlight('0'), '"0" is not a whole number from 1 to 65,535'],
    ['a negative number', inFlight('-1'), '"-1" is not a whole number'],
    ['no number', inFlight('NaN'), '"NaN" is not a whole number'],
    ['an exponent', inFlight('1e9'), '"1e9" is not a whole number'],
    ['a fraction', inFlight('4.5'), '"4.5" is not a whole number'],
    ['an enormous number', inFlight('99999999999999999999'), 'is not a whole number'],
    ['an empty number', inFlight(''), '"" is not a whole number'],
    ['a hexadecimal number', inFlight('0x10'), '"0x10" is not a whole number'],
    ['no tasks', ['cpu', '--tasks', '0'], '"0" is not a whole number from 1'],
    [
      'too many workers',
      ['crawl', 'one.txt', '--model', 'hybrid', '--processes', '200', '--threads', '200'],
      '40000 workers',
    ],
    ['a share above one', ['cpu', '--io-ratio', '1.5'], '"1.5" is not a number from 0 to 0.99'],
    ['a rate below zero', ['crawl', 'one.txt', '--rate', '-1'], '"-1" is not a number'],
    [
      'threads under loop',
      ['crawl', 'one.txt', '--model', 'loop', '--threads', '4'],
      'use --model threads or hybrid',
    ],
    [
      'more than one in flight under sequential',
      ['crawl', 'one.txt', '--model', 'sequential', '--in-flight', '2'],
      'contradicts --model sequential',
    ],
    [
      'an unknown model',
      ['crawl', 'one.txt', '--model', 'turbo'],
      'not one of sequential, loop, threads, processes, hybrid',
    ],
    [
      'an unknown partition scheme',
      ['crawl', 'one.txt', '--partition', 'odd'],
      'not one of dynamic, chunk, stride',
    ],
    ['an unknown order', ['crawl', 'one.txt', '--order', 'odd'], 'not one of completion, input'],
    ['an unknown kernel', ['cpu', '--kernel', 'prime'], 'not one of primes'],
    ['a duration without unit', ['crawl', 'one.txt', '--timeout', '5'], 'write 5s for seconds'],
    ['a duration that is none', ['crawl', 'one.txt', '--timeout', 'soon'], 'such as 250ms, 10s or 5m'],
    ['a negative duration', ['crawl', 'one.txt', '--timeout', '-5s'], 'is not a duration'],
    ['a duration beyond the limit', ['crawl', 'one.txt', '--timeout', '9999h'], 'from 1ms to 1h'],
    ['a size that is none', ['crawl', 'one.txt', '--max-body', 'lots'], 'such as 64KiB or 10MB'],
    ['a malformed assert', ['crawl', 'one.txt', '--assert', 'p95<<3'], 'write it like p95<200ms'],
    ['more failures than there can be', ['crawl', 'one.txt', '--allow-failures', '120%'], '"120%" is not'],
    ['a header without name', ['crawl', 'one.txt', '--header', 'secret-value'], 'Name: value'],
    ['a status that is none', ['crawl', 'one.txt', '--ok-status', '20x'], 'write 200-399,404'],
    [
      'an unknown part to extract',
      ['crawl', 'one.txt', '--extract', 'title,foo'],
      'title, links, meta, hash',
    ],
    ['another method', ['crawl', 'one.txt', '--method', 'POST'], 'not one of GET, HEAD'],
    [
      'an output of unknown format',
      ['crawl', 'one.txt', '--out', 'x.xml'],
      'must end in .jsonl, .csv or .db',
    ],
    ['an output in a folder that is missing', ['crawl', 'one.txt', '--out', 'none/x.csv'], 'does not exist'],
    ['an output that is a folder', ['crawl', 'one.txt', '--out', 'folder'], 'folder'],
    [
      'force and append',
      ['crawl', 'one.txt', '--out', 'x.csv', '--force', '--append'],
      'cannot be used together',
    ],
    ['standard input twice', ['crawl', '-', '-'], 'standard input can be read once'],
    ['an unknown progress', ['crawl', 'one.txt', '--progress', 'spin'], '--progress'],
    ['a job file that ends early', ['run', 'cut.ilv.json'], 'job file is not JSON'],
    ['a job file of another version', ['run', 'other.ilv.json'], 'it may be of another version'],
    ['a job file with an unknown key', ['run', 'surprise.ilv.json'], '"surprise"'],
    ['a job file with an impossible number', ['run', 'wrong.ilv.json'], '$.parallelism.inFlight'],
    ['a job file that names an output', ['run', 'out.ilv.json'], 'give --out'],
    ['an unknown run', ['resume', 'nothing'], 'there is no run nothing'],
    ['a run whose id is a path', ['runs', 'show', '../../etc'], 'interleave runs'],
  ])('is refused with exit 2 for %s', async (_what, args, says) => {
    const { code, sentence, error } = await refused(args)

    expect({ code, lines: sentence.trimEnd().split('\n').length }).toEqual({ code: 2, lines: 1 })
    expect(sentence).toMatch(/^interleave: \S/)
    expect(sentence).toContain(says)
    expect(['E_CONFIG', 'E_NOT_FOUND']).toContain(error)
  })

  it('does not repeat a header, which may be a secret', async () => {
    const { stdout, stderr } = await bench.run(['crawl', 'one.txt', '--header', 'secret-value', '--json'])
    expect(stdout + stderr).not.toContain('secret-value')
  })

  it.each([
    ['compare', 'cpu', '--models', 'loop', '--runtime', 'python'],
    ['worker', '--queue', 'redis://127.0.0.1'],
    ['crawl', 'one.txt', '--model', 'auto'],
    ['crawl', 'one.txt', '--warc', 'x.warc.gz'],
    ['crawl', 'one.txt', '--follow', '3'],
  ])('says of %s %s %s that it is not in this version', async (...args) => {
    const { code, stderr, stdout } = await bench.run(args)

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^interleave: .* is not in this version\.\n$/)
  })

  it('starts no run and leaves no file', async () => {
    const { stdout } = await bench.run(['runs', '--json'])
    expect(JSON.parse(stdout)).toEqual({ schema: 'interleave/runs@1', runs: [] })
    expect(['x.csv', 'x.xml'].filter(name => bench.has(name))).toEqual([])
  })

  it('ends where no data can be kept', async () => {
    const inFile = await refused(['crawl', 'one.txt', '--data-dir', bench.path('one.txt')])
    const below = await refused(['crawl', 'one.txt', '--data-dir', bench.path('one.txt/data')])

    expect([inFile.code, below.code]).toEqual([5, 5])
    expect([inFile.error, below.error]).toEqual(['E_SRC_IO', 'E_SRC_IO'])
  })

  it.runIf(process.platform === 'linux')('ends where a file system takes no folders', async () => {
    const { code, error } = await refused(['runs', '--data-dir', '/proc/interleave/data'])
    expect({ code, error }).toEqual({ code: 5, error: 'E_SRC_IO' })
  })
})

// As root every file can be read, so a pipe and a folder stand for what cannot.
describe('an input that cannot be read', () => {
  it.each<[what: string, input: string, exit: number, code: string, says: string]>([
    ['a file that is missing', 'missing.txt', 5, 'E_SRC_IO', 'Check that the file exists'],
    ['a folder', 'folder', 5, 'E_NOT_A_FILE', 'is a folder'],
    ['a pipe', 'pipe', 5, 'E_NOT_A_FILE', 'is a pipe'],
    ['a device', '/dev/zero', 5, 'E_NOT_A_FILE', 'is a device'],
    ['a program', 'program.txt', 2, 'E_CONFIG', 'not like a list of URLs'],
    ['a picture', 'picture.txt', 2, 'E_CONFIG', 'not like a list of URLs'],
  ])('ends the command for %s', async (_what, input, exit, code, says) => {
    const found = await refused(['crawl', input])

    expect({ code: found.code, error: found.error }).toEqual({ code: exit, error: code })
    // Wrapped for the reader's terminal.
    expect(found.sentence.replace(/\s+/g, ' ')).toContain(says)
    expect(found.sentence).not.toContain('https://missing.txt')
  })

  it('names a host that was meant as a URL', async () => {
    const { code, stderr } = await bench.run(['crawl', 'example.org/start'])
    expect(code).toBe(5)
    expect(stderr).toContain('Did you mean https://example.org/start?')
  })

  it('names the columns that there are', async () => {
    const { code, sentence } = await refused(['crawl', 'pages.csv', '--column', 'link'])
    expect(code).toBe(2)
    expect(sentence).toContain('address')
  })

  it.each(['empty.txt', 'blank.txt'])(
    'is done at once when it is %s, and says that there was nothing',
    async input => {
      const { code, stderr, summary } = await bench.runJson([
        'crawl',
        input,
        '--out',
        'nothing.jsonl',
        '--force',
      ])

      expect({ code, total: summary.tasks.total, state: summary.state, reason: summary.exit.reason }).toEqual(
        {
          code: 0,
          total: 0,
          state: 'done',
          reason: 'the input holds no tasks',
        },
      )
      expect(stderr).toContain('the input is empty')
      expect(bench.read('nothing.jsonl')).toBe('')
    },
  )
})

describe('lines of a list that are no URLs', () => {
  const LINES = [
    ['not a url', 'E_URL_INVALID'],
    ['ftp://127.0.0.1/file', 'E_SCHEME_BLOCKED'],
    ['file:///etc/passwd', 'E_SCHEME_BLOCKED'],
    ['javascript:alert(1)', 'E_SCHEME_BLOCKED'],
    ['http://', 'E_URL_INVALID'],
    ['http://127.0.0.1:99999/', 'E_URL_INVALID'],
    ['http://127.0.0.1:0/', 'E_URL_INVALID'],
    ['example.org/page', 'E_URL_INVALID'],
    ['http://user:password@127.0.0.1/', 'E_URL_INVALID'],
    ['http://[::1', 'E_URL_INVALID'],
    [`http://127.0.0.1/${'x'.repeat(9_000)}`, 'E_URL_INVALID'],
  ] as const

  it.each(['loop', 'processes'] as const)(
    'get results of their own under %s, which name the line',
    async model => {
      const pages = LINES.flatMap(([line], at) => ['', `# number ${at}`, line, `${site.origin}/page/${at}`])
      bench.write('mixed.txt', `${pages.join('\n')}\n`)
      const { code, results, summary } = await bench.crawl(['mixed.txt', '--model', model])
      const failed = results.filter(({ ok }) => !ok).sort((a, b) => a.index - b.index)

      expect({ code, tasks: summary.tasks }).toEqual({
        code: 3,
        tasks: {
          total: LINES.length * 2,
          ok: LINES.length,
          failed: LINES.length,
          skipped: 0,
          quarantined: 0,
          remaining: 0,
        },
      })
      expect(failed.map(({ index, error }) => [index, error?.code])).toEqual(
        LINES.map(([, code], at) => [at * 2, code]),
      )
      expect(failed.map(({ error }) => /^line (\d+)\b/.exec(error?.message ?? '')?.[1])).toEqual(
        LINES.map((_, at) => String(at * 4 + 3)),
      )
      expect(JSON.stringify(results)).not.toContain('password@')
    },
  )
})

describe('an input that changes', () => {
  const PAGES = 2_000

  const writePages = (name: string, count = PAGES): void =>
    void bench.write(
      name,
      Array.from({ length: count }, (_, page) => `${site.origin}/page/${page}?latency=30\n`).join(''),
    )

  it('while it is read by a run ends the run, which tells of it', async () => {
    writePages('shrinking.txt', 20_000)
    const command = bench.start([
      'crawl',
      'shrinking.txt',
      '--model',
      'processes',
      '--processes',
      '2',
      '--events',
    ])
    await command.settled(50)
    bench.write('shrinking.txt', `${site.origin}/page/0\n`)
    const { code } = await command.ended
    const summary = command.events.at(-1) as unknown as RunSummary

    expect({ code, state: summary.state, error: summary.error?.code }).toEqual({
      code: 5,
      state: 'failed',
      error: 'E_SRC_CHANGED',
    })
    expect(summary.error?.message).toContain('shrinking.txt')
  })

  it('between a stop and a resume is noticed before anything is fetched', async () => {
    writePages('replaced.txt')
    const command = bench.start(['crawl', 'replaced.txt', '--out', 'replaced.jsonl', '--events'])
    await command.settled(50)
    command.killGroup()
    await command.ended
    const kept = bench.read('replaced.txt')
    bench.write('replaced.txt', `${site.origin}/page/7\n${kept}`)
    const before = site.log().requests
    const resumed = await bench.runJson(['resume', 'latest'])

    expect({ code: resumed.code, error: resumed.summary.error?.code }).toEqual({
      code: 5,
      error: 'E_SRC_CHANGED',
    })
    expect(site.log().requests).toBe(before)

    bench.write('replaced.txt', kept)
    const restored = await bench.runJson(['resume', 'latest', '--in-flight', '256'])
    expect({ code: restored.code, ok: restored.summary.tasks.ok }).toEqual({ code: 0, ok: PAGES })
    expect(new Set(bench.results('replaced.jsonl').map(({ index }) => index)).size).toBe(PAGES)
  })

  it('by going away is told of at the resume', async () => {
    writePages('gone.txt')
    const command = bench.start(['crawl', 'gone.txt', '--events'])
    await command.settled(50)
    command.killGroup()
    await command.ended
    execFileSync('rm', [bench.path('gone.txt')])
    const { code, summary } = await bench.runJson(['resume', 'latest'])

    expect(code).toBe(5)
    expect(['E_SRC_IO', 'E_SRC_CHANGED']).toContain(summary.error?.code)
    expect(summary.error?.message).toContain('gone.txt')
  })
})
