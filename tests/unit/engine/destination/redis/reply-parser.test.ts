import { describe, expect, it } from 'vitest'
import {
  ReplyParser,
  type ReplyHandler,
  type ReplyValue,
} from '../../../../../engine/destination/redis/reply-parser.ts'
import { ProtocolError } from '../../../../../engine/destination/redis/server-fault.ts'
import { seededRandom } from '../../../../support/engine/random.ts'

type Told = readonly [kind: 'ok' | 'integer' | 'error' | 'value', value?: ReplyValue]

class Listener implements ReplyHandler {
  readonly told: Told[] = []
  afterEach: () => void = () => undefined

  onOk(): void {
    this.#tell(['ok'])
  }

  onInteger(value: number): void {
    this.#tell(['integer', value])
  }

  onError(text: string): void {
    this.#tell(['error', text])
  }

  onValue(value: ReplyValue): void {
    this.#tell(['value', value])
  }

  #tell(told: Told): void {
    this.told.push(told)
    this.afterEach()
  }
}

function parse(chunks: readonly Buffer[], limitBytes?: number): Told[] {
  const listener = new Listener()
  const parser = new ReplyParser(listener)
  if (limitBytes !== undefined) parser.limitBytes = limitBytes
  for (const chunk of chunks) {
    // What was fed belongs to the caller again, who overwrites it.
    const reused = Buffer.from(chunk)
    parser.feed(reused)
    reused.fill(0x2b)
  }
  return listener.told
}

const parseText = (text: string, limitBytes?: number): Told[] => parse([Buffer.from(text)], limitBytes)

const STREAM = Buffer.from(
  [
    '+OK\r\n',
    ':0\r\n',
    ':-12\r\n',
    '+OK\r\n',
    '-WRONGTYPE Operation against a key\r\n',
    '+QUEUED\r\n',
    '$-1\r\n',
    '$0\r\n\r\n',
    '$11\r\nwith\r\nlines\r\n',
    '$8\r\ngröße\n\r\n',
    '*-1\r\n',
    '*0\r\n',
    '*2\r\n$1\r\n0\r\n*4\r\n$3\r\np:0\r\n$2\r\n10\r\n:7\r\n$-1\r\n',
    '*2\r\n-ERR inside\r\n*1\r\n*1\r\n+deep\r\n',
    '+OK\r\n',
    ':9007199254740991\r\n',
  ].join(''),
)

const WHOLE: Told[] = [
  ['ok'],
  ['integer', 0],
  ['integer', -12],
  ['ok'],
  ['error', 'WRONGTYPE Operation against a key'],
  ['value', 'QUEUED'],
  ['value', null],
  ['value', ''],
  ['value', 'with\r\nlines'],
  ['value', 'größe\n'],
  ['value', null],
  ['value', []],
  ['value', ['0', ['p:0', '10', 7, null]]],
  ['value', [{ error: 'ERR inside' }, [['deep']]]],
  ['ok'],
  ['integer', 9007199254740991],
]

describe('ReplyParser', () => {
  it('tells every kind of reply', () => {
    expect(parse([STREAM])).toEqual(WHOLE)
  })

  it('tells the same wherever the stream is cut in two', () => {
    for (let cut = 1; cut < STREAM.length; cut += 1)
      expect(parse([STREAM.subarray(0, cut), STREAM.subarray(cut)]), `cut at ${cut}`).toEqual(WHOLE)
  })

  it('tells the same byte by byte', () => {
    expect(parse(Array.from(STREAM, byte => Buffer.from([byte])))).toEqual(WHOLE)
  })

  it('tells the same for any way to cut the stream', () => {
    const random = seededRandom(42)
    const long = Buffer.concat(Array.from({ length: 20 }, () => STREAM))
    const told = Array.from({ length: 20 }, () => WHOLE).flat()
    for (let round = 0; round < 200; round += 1) {
      const chunks: Buffer[] = []
      for (let at = 0; at < long.length;) {
        const end = at + 1 + Math.floor(random() * random() * 300)
        chunks.push(long.subarray(at, end))
        at = end
      }
      expect(parse(chunks)).toEqual(told)
    }
  })

  it.each([
    ['another type', '!3\r\nabc\r\n'],
    ['RESP3', '%1\r\n+a\r\n+b\r\n'],
    ['no type', 'OK\r\n'],
    ['a line that ends with CR alone', ':1\rx'],
    ['an integer that is none', ':1a\r\n'],
    ['an empty integer', ':\r\n'],
    ['an integer of too many digits', `:${'9'.repeat(21)}\r\n`],
    ['a negative length', '$-2\r\n'],
    ['a negative count', '*-5\r\n'],
    ['a string longer than it says', '$1\r\nab\r\n'],
    ['a bad element', '*2\r\n:1\r\n?\r\n'],
  ])('refuses %s', (_what, text) => {
    expect(() => parseText(text)).toThrow(ProtocolError)
  })

  it('refuses arrays more than eight deep', () => {
    expect(parseText(`${'*1\r\n'.repeat(8)}:1\r\n`)).toHaveLength(1)
    expect(() => parseText(`${'*1\r\n'.repeat(9)}:1\r\n`)).toThrow(/nested more than 8 deep/)
  })

  it('refuses a string that is announced longer than the limit, before it comes', () => {
    expect(() => parseText('$1073741824\r\n')).toThrow(/longer than 65536 bytes/)
    expect(() => parseText('*2\r\n$1\r\na\r\n$1073741824\r\n')).toThrow(/longer than 65536 bytes/)
  })

  it('refuses an array of more elements than the limit has room for', () => {
    expect(() => parseText('*1000000000\r\n')).toThrow(/longer than 65536 bytes/)
  })

  it('refuses a line without end', () => {
    expect(() => parseText(`-${'x'.repeat(70_000)}`)).toThrow(/longer than 65536 bytes/)
    const chunks = Array.from({ length: 70 }, () => Buffer.from('x'.repeat(1_000)))
    expect(() => parse([Buffer.from('+'), ...chunks])).toThrow(/longer than 65536 bytes/)
  })

  it('takes what the limit allows', () => {
    const text = 'x'.repeat(200_000)
    expect(parseText(`$200000\r\n${text}\r\n`, 200_100)).toEqual([['value', text]])
  })

  it('tells nothing more once it is stopped', () => {
    const listener = new Listener()
    const parser = new ReplyParser(listener)
    listener.afterEach = () => parser.stop()
    parser.feed(Buffer.from('+OK\r\n:1\r\n+O'))
    parser.feed(Buffer.from('K\r\n'))
    expect(listener.told).toEqual([['ok']])
  })

  it('never does worse than refuse what is no stream of replies', () => {
    const random = seededRandom(7)
    const bytes = [...Buffer.from('+-:$*\r\n019OKx\0')]
    for (let round = 0; round < 2_000; round += 1) {
      const chunks = Array.from({ length: 4 }, () =>
        Buffer.from(
          Array.from(
            { length: Math.floor(random() * 12) },
            () => bytes[Math.floor(random() * bytes.length)]!,
          ),
        ),
      )
      try {
        parse(chunks)
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError)
      }
    }
  })
})
