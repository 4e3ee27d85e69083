import { describe, expect, it } from 'vitest'

import { CommandError } from '../../../../headless/cli/command-error.ts'
import { COMMANDS } from '../../../../headless/cli/commands.ts'
import { parseCommandLine } from '../../../../headless/cli/program.ts'
import { en } from '../../../../shared/locales/en.ts'
import { translator } from '../../../../shared/locales/translate.ts'

const parse = (line: string) => parseCommandLine(line === '' ? [] : line.split(' '), COMMANDS)

const refusal = (line: string): string => {
  try {
    parse(line)
  } catch (error) {
    if (error instanceof CommandError) return error.say(translator(en))
    throw error
  }
  return 'accepted'
}

const callOf = (line: string) => {
  const parsed = parse(line)
  return parsed.type === 'run' ? { path: parsed.path, ...parsed.call } : parsed
}

describe('parseCommandLine', () => {
  it.each([
    ['crwl urls.txt', 'There is no command "crwl". Did you mean crawl?'],
    ['frobnicate', 'There is no command "frobnicate". See `interleave --help`.'],
    ['crawl a --retires 3', 'There is no flag --retires. Did you mean --retries?'],
    ['crawl a --in-fligth=3', 'There is no flag --in-fligth. Did you mean --in-flight?'],
    ['crawl a --xyzzy', 'There is no flag --xyzzy. See `interleave crawl --help`.'],
    ['crawl a --seed 7', 'There is no flag --seed. See `interleave crawl --help`.'],
    ['crawl', 'Missing <input>. See `interleave crawl --help`.'],
    ['resume', 'Missing <run>. See `interleave resume --help`.'],
    ['crawl a --out', '--out needs a value.'],
    ['cpu surplus', 'Unexpected argument "surplus". See `interleave cpu --help`.'],
    ['runs lst', 'There is no command "lst". Did you mean list?'],
    ['runs show', 'Missing <run>. See `interleave runs show --help`.'],
    ['load', 'Missing <file>. See `interleave load --help`.'],
    ['load data.txt --out x.jsonl', 'There is no flag --out. Did you mean --to?'],
    ['compare cpu --models loop --runtime python', '--runtime is not in this version.'],
    ['compare', 'Missing <job.ilv.json>. See `interleave compare --help`.'],
    ['worker --queue redis://127.0.0.1', 'worker is not in this version.'],
    ['crawl a --warc f.warc.gz', '--warc is not in this version.'],
    ['crawl a --follow 2 --scope host', '--follow is not in this version.'],
  ])('answers "%s" with "%s"', (line, sentence) => {
    expect(refusal(line)).toBe(sentence)
  })

  it('gives values by flag name, and only those that were given', () => {
    expect(callOf('crawl a b - --out x.jsonl --out y.csv -o z.db --no-robots --retries 3 -q')).toEqual({
      path: 'interleave crawl',
      args: ['a', 'b', '-'],
      values: { out: ['x.jsonl', 'y.csv', 'z.db'], robots: false, retries: '3', quiet: true },
    })
  })

  it('takes the flags of every command before the command as well', () => {
    expect(callOf('--data-dir /tmp/d runs --color never show latest --json')).toEqual({
      path: 'interleave runs show',
      args: ['latest'],
      values: { 'data-dir': '/tmp/d', color: 'never', json: true },
    })
  })

  it('lets what follows -- be an input, whatever it looks like', () => {
    expect(callOf('crawl -- --odd-name')).toMatchObject({ args: ['--odd-name'], values: {} })
  })

  it('shows help without the arguments that a run needs', () => {
    expect(parse('crawl --help')).toMatchObject({ type: 'help', path: 'interleave crawl' })
    expect(parse('runs export -h')).toMatchObject({ type: 'help', path: 'interleave runs export' })
    expect(parse('help cpu')).toMatchObject({ type: 'help', path: 'interleave cpu' })
    expect([parse(''), parse('--help'), parse('help')]).toEqual(
      Array.from({ length: 3 }, () => ({ type: 'help', path: 'interleave', spec: null })),
    )
  })

  it('knows its version flag', () => {
    expect([parse('--version'), parse('-V')]).toEqual([{ type: 'version' }, { type: 'version' }])
  })
})
