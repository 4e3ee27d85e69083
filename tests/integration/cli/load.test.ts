import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import type { LoadPreview } from '../../../shared/model/load-preview.ts'
import type { RunSummary } from '../../../shared/model/run.ts'
import { documentOf, linesOf, Workbench } from '../../support/cli.ts'
import { startRedis, type RedisServer } from '../../support/redis-server.ts'

const LINES = 2_000
const PASSWORD = 'correct horse'

let bench: Workbench
let redis: RedisServer

beforeAll(async () => {
  redis = await startRedis({ password: PASSWORD })
})
afterAll(() => redis[Symbol.asyncDispose]())

beforeEach(async () => {
  bench = new Workbench()
  bench.write('data.txt', Array.from({ length: LINES }, (_, index) => ` line ${index}\r\n`).join(''))
  await redis.cli('FLUSHALL')
})
afterEach(() => bench[Symbol.asyncDispose]())

const withPassword = { env: { INTERLEAVE_REDIS_PASSWORD: PASSWORD } }
const keys = async () => Number(await redis.cli('DBSIZE'))

/** Everything that a data directory holds, as text. */
function textsBelow(folder: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(name => join(folder, name))
  return files
    .filter(path => statSync(path).isFile())
    .map(path => readFileSync(path, 'latin1'))
    .join('\n')
}

describe('load', () => {
  it('goes into an SQLite file named after the input when nothing else is said', async () => {
    const { code, summary, stderr } = await bench.runJson(['load', 'data.txt'])
    expect({ code, ok: summary.tasks.ok, load: summary.load }).toEqual({
      code: 0,
      ok: LINES,
      load: { read: LINES, sent: LINES, acknowledged: LINES, failed: 0, rejects: null },
    })
    expect(stderr).toContain(`${LINES.toLocaleString('en')} loaded`)
    expect(stderr).toContain(`sqlite:${bench.path('data.db')}`)
    expect(readdirSync(bench.folder).sort()).toEqual(['data', 'data.db', 'data.txt'])
  })

  it('says why it cannot begin, and changes nothing', async () => {
    const refused: [args: string[], code: number, sentence: RegExp][] = [
      [[], 2, /Missing <file>/],
      [['missing.txt'], 5, /There is no file missing\.txt/],
      [['https://example.org/a.txt'], 2, /is a URL, and load reads files/],
      [
        ['data.txt', '--to', 'localhost:6379'],
        2,
        /does not say what it is\. Did you mean redis:\/\/localhost:6379\?/,
      ],
      [['data.txt', '--to', 'redis://127.0.0.1:1'], 5, /Redis at 127\.0\.0\.1:1 cannot be reached/],
      [['data.txt', '--to', redis.url], 2, /asks for a password; set INTERLEAVE_REDIS_PASSWORD/],
      [['data.txt', '--key', '{nr}'], 2, /\{nr\} is unknown; known are \{index\}/],
      [['data.txt', '--out', 'x.jsonl'], 2, /Did you mean --to\?/],
      [['data.txt', '--to', 'sqlite:data.txt'], 2, /is an input of the load/],
      [['data.txt', '--verify', '--to', 'null:'], 2, /not with null:/],
    ]
    for (const [args, code, sentence] of refused) {
      const ended = await bench.run(['load', ...args])
      expect({ args, code: ended.code }).toEqual({ args, code })
      expect(ended.stderr).toMatch(sentence)
      expect(ended.stdout).toBe('')
    }
    expect(readdirSync(bench.folder).filter(name => name !== 'data')).toEqual(['data.txt'])
    expect(await keys()).toBe(0)
  }, 60_000)

  it('answers programs with a document when it could not begin', async () => {
    const { code, summary } = await bench.runJson(['load', 'data.txt', '--to', 'redis://127.0.0.1:1'])
    expect(code).toBe(5)
    expect(summary).toMatchObject({ kind: 'load', runId: null, error: { code: 'E_DEST_DOWN' } })
  })

  it('says in Chinese what it says in English', async () => {
    const env = { INTERLEAVE_LANG: 'zh-CN' }
    const missing = await bench.run(['load', 'missing.txt'], { env })
    expect(missing.stderr).toContain('没有文件 missing.txt。')
    const loaded = await bench.run(['load', 'data.txt', '--to', 'null:'], { env })
    expect(loaded.stderr).toMatch(/记录 +写入 2,000 · 共 2,000/)
  })

  it('says that standard input can be read once, unless a copy is kept', async () => {
    const input = 'a\nb\n'
    const once = await bench.run(['load', '-', '--to', 'jsonl:once.jsonl'], { input })
    expect(once.stderr).toContain('cannot be resumed')
    expect(linesOf(bench.read('once.jsonl'))).toEqual([
      { key: 0, value: 'a' },
      { key: 1, value: 'b' },
    ])
    const kept = await bench.run(['load', '-', '--to', 'jsonl:kept.jsonl', '--spool'], { input })
    expect(kept.stderr).not.toContain('cannot be resumed')
  })

  it('runs a saved job from the folder that it is in', async () => {
    await bench.run(['load', 'data.txt', '--key', 'k{index}', '--to', 'sqlite:t.db', '--save', 'j.ilv.json'])
    expect(JSON.parse(bench.read('j.ilv.json'))).toMatchObject({
      inputs: ['data.txt'],
      load: { to: 'sqlite:t.db', key: 'k{index}' },
    })
    const { code, summary } = await bench.runJson(['run', 'j.ilv.json', '--rejects', 'r.jsonl'])
    expect({ code, ok: summary.tasks.ok }).toEqual({ code: 0, ok: LINES })
    const wrong = await bench.run(['run', 'j.ilv.json', '--out', 'x.jsonl'])
    expect(wrong).toMatchObject({ code: 2 })
    expect(wrong.stderr).toContain('--out has no meaning for a load job.')
  })
})

describe('the password of a load', () => {
  it('is taken from the URI, the environment or a file, and is kept nowhere', async () => {
    bench.write('password', `${PASSWORD}\n`)
    const uri = redis.url.replace('redis://', `redis://:${encodeURIComponent(PASSWORD)}@`)
    const ways: [string[], object][] = [
      [['--to', uri], {}],
      [['--to', redis.url], withPassword],
      [['--to', redis.url, '--password-file', 'password'], {}],
    ]
    for (const [args, options] of ways) {
      const { code, stderr, stdout } = await bench.run(['load', 'data.txt', ...args, '--json'], options)
      expect({ args, code }).toEqual({ args, code: 0 })
      expect(`${stderr}${stdout}`).not.toMatch(/correct|horse/)
    }
    expect(await keys()).toBe(LINES)
    expect(textsBelow(bench.dataDir)).not.toMatch(/correct( |%20)horse/)
  })

  it('is asked for again by a resume', async () => {
    const long = Array.from({ length: 400_000 }, (_, index) => `line ${index}\n`).join('')
    bench.write('long.txt', long)
    const args = [
      'load',
      'long.txt',
      '--to',
      redis.url,
      '--command',
      'rpush',
      '--key',
      'list',
      '--batch',
      '50',
    ]
    const command = bench.start([...args, '--events'], withPassword)
    await command.settled(1_000)
    command.killGroup()
    await command.ended

    const refused = await bench.run(['resume', 'latest'])
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('INTERLEAVE_REDIS_PASSWORD')
    bench.write('password', PASSWORD)
    const { code } = await bench.run(['resume', 'latest', '--password-file', 'password', '--quiet'])
    expect({ code, length: await redis.cli('LLEN', 'list') }).toEqual({ code: 0, length: '400000' })
    expect(await keys()).toBe(1)
  }, 60_000)
})

describe('a dry run', () => {
  it('shows what would be written, and writes nothing', async () => {
    bench.write('bad.txt', Buffer.from('a b\nc\xff\n"q"\n', 'latin1'))
    const args = ['load', 'bad.txt', '--to', redis.url, '--key', 'k:{index}', '--dry-run']
    const { code, stdout, stderr } = await bench.run(args)
    expect(code).toBe(3)
    expect(stdout).toContain(`${bench.path('bad.txt')}: lines, utf-8`)
    expect(stdout).toContain('\n  SET k:0 "a b"\n')
    expect(stdout).toMatch(/\n {2}refused line 2 is not valid UTF-8/)
    expect(stdout).toContain('\n  SET k:2 "\\"q\\""\n')
    expect(stderr).toContain('dry run, nothing was written')
    expect(stderr).toContain('2 can be loaded · 1 rejected · of 3')
    expect(readdirSync(bench.folder).sort()).toEqual(['bad.txt', 'data', 'data.txt'])
    expect(await keys()).toBe(0)
  })

  it('is a part of the document for programs, whatever the destination', async () => {
    bench.write('t.csv', 'id,name\n1,Ann\n2,"B, C"\n')
    const preview = async (...args: string[]) => {
      const ended = await bench.run(['load', 't.csv', ...args, '--dry-run', '--json', '--quiet'])
      return (documentOf(ended) as { readonly preview: LoadPreview }).preview
    }
    const { inputs, commands } = await preview('--to', 'redis://127.0.0.1:1', '--command', 'hset')
    expect(inputs).toMatchObject([
      { input: bench.path('t.csv'), format: 'csv', encoding: 'utf-8', header: ['id', 'name'] },
    ])
    expect(commands).toEqual([
      ['HSET', '0', 'id', '1', 'name', 'Ann'],
      ['HSET', '1', 'id', '2', 'name', 'B, C'],
    ])
    expect((await preview()).commands).toEqual([
      ['INSERT', 'id', '1', 'name', 'Ann'],
      ['INSERT', 'id', '2', 'name', 'B, C'],
    ])
    expect((await preview('--to', 'jsonl:c.jsonl')).commands).toEqual([
      ['LINE', '{"id":"1","name":"Ann"}'],
      ['LINE', '{"id":"2","name":"B, C"}'],
    ])
    expect(bench.has('t.db') || bench.has('c.jsonl')).toBe(false)
  })
})

describe('a load that is compared', () => {
  const load = (...args: string[]) =>
    bench.run(['load', 'data.txt', '--to', redis.url, '--verify', ...args], withPassword)

  it('says that the destination holds what the input has', async () => {
    const { code, stderr } = await load()
    expect(code).toBe(0)
    expect(stderr).toContain('2,000 as in the input · of 2,000')
    expect(await keys()).toBe(LINES)

    const document = documentOf(await load('--json', '--quiet')) as RunSummary & { verify: RunSummary }
    expect(document).toMatchObject({
      kind: 'load',
      tasks: { ok: LINES },
      verify: { state: 'done', tasks: { ok: LINES, failed: 0 } },
    })
    expect(document.verify.runId).not.toBe(document.runId)
  })

  it('ends with exit 3 and names the records that are missing or different', async () => {
    bench.write('twice.txt', 'a\nb\nc\n')
    // Of records that share a key only one can be there.
    const args = ['load', 'twice.txt', '--to', redis.url, '--key', 'same', '--verify']
    const { code, stderr } = await bench.run(args, withPassword)
    expect(code).toBe(3)
    expect(stderr).toContain('3 loaded · of 3')
    expect(stderr).toContain('1 as in the input · 2 missing or different · of 3')
    expect(stderr).toMatch(/E_DEST_DATA/)

    const ended = await bench.run([...args, '--events', '--quiet'], withPassword)
    const last = linesOf(ended.stdout).at(-1) as Record<string, unknown>
    expect(last).toMatchObject({
      type: 'run.summary',
      exit: { code: 3 },
      tasks: { ok: 3 },
      verify: { tasks: { ok: 1, failed: 2 } },
    })
  })

  it('does not count what the load has rejected as a difference', async () => {
    bench.write('bad.txt', Buffer.from('a\nb\xff\nc\n', 'latin1'))
    const args = ['load', 'bad.txt', '--verify', '--max-rejects', '50%', '--allow-failures', '1', '--json']
    const ended = await bench.run(args)
    expect(ended.code).toBe(0)
    expect(documentOf(ended)).toMatchObject({
      tasks: { ok: 2, failed: 1 },
      verify: { tasks: { ok: 2, failed: 1 } },
    })
  })

  it('is refused before it begins where rows could not be found again', async () => {
    bench.write('t.csv', 'id,name\n1,Ann\n')
    const { code, stderr } = await bench.run(['load', 't.csv', '--verify'])
    expect(code).toBe(2)
    expect(stderr).toContain('--verify of columns needs --key')
    expect(bench.has('t.db')).toBe(false)
    expect((await bench.run(['load', 't.csv', '--verify', '--key', '{index}'])).code).toBe(0)
  })
})

describe('rejected records', () => {
  it('are loaded again under their numbers when they are corrected', async () => {
    bench.write('bad.txt', Buffer.from('a\nb\xff\nc\n', 'latin1'))
    const first = await bench.run(['load', 'bad.txt', '--to', redis.url], withPassword)
    expect(first.stderr).toContain(bench.path('bad.txt.rejects.jsonl'))
    const [record] = linesOf(bench.read('bad.txt.rejects.jsonl')) as [Record<string, unknown>]
    expect(record).toMatchObject({ index: 1, line: 2, byteOffset: 2, byteLength: 2, code: 'E_ENCODING' })

    const { rawBase64: _, ...rest } = record
    bench.write('bad.txt.rejects.jsonl', `${JSON.stringify({ ...rest, text: 'corrected' })}\n`)
    const second = await bench.run(['load', 'bad.txt.rejects.jsonl', '--to', redis.url], withPassword)
    expect(second.code).toBe(0)
    expect([await redis.cli('GET', '1'), await keys()]).toEqual(['corrected', 3])
  })

  it('never go over a file that is there', async () => {
    bench.write('bad.txt', Buffer.from('\xff\n', 'latin1'))
    for (const name of ['bad.txt.rejects.jsonl', 'bad.txt.rejects.2.jsonl']) {
      const { summary } = await bench.runJson(['load', 'bad.txt', '--to', 'null:'])
      expect(summary.load?.rejects).toBe(bench.path(name))
    }
    const refused = await bench.run(['load', 'bad.txt', '--rejects', 'bad.txt.rejects.jsonl'])
    expect(refused).toMatchObject({ code: 2 })
    await bench.run(['load', 'bad.txt', '--to', 'null:', '--rejects', 'bad.txt.rejects.jsonl', '--append'])
    expect(linesOf(bench.read('bad.txt.rejects.jsonl'))).toHaveLength(2)
  })
})

describe('a destination that does not answer', () => {
  it('is said to be waited for, until it answers again', async () => {
    bench.write('long.txt', Array.from({ length: 300_000 }, (_, index) => `line ${index}\n`).join(''))
    const args = ['load', 'long.txt', '--to', redis.url, '--progress', 'plain', '--batch', '20']
    const command = bench.start(args, withPassword)
    await command.until(({ stderr }) => stderr.includes('run is running'))
    await redis.restart({
      keepData: true,
      whileDown: async () => {
        await command.until(({ stderr }) => stderr.includes('waiting: Redis'))
      },
    })
    const { code, stderr } = await command.ended
    expect(code).toBe(0)
    expect(stderr).toContain('it goes on')
    expect(await keys()).toBe(300_000)
  }, 60_000)
})
