import { seededRandom } from '../engine/random.ts'

/** A record as it stands in the file, without its line end, and what it should have been. */
export interface BadRecord {
  readonly index: number
  readonly line: number
  readonly byteOffset: number
  readonly raw: Buffer
  readonly corrected: string
  readonly code: string
}

const goodRecord = (at: number): string => `{"id":"key-${at}","value":"value ${at} größe","n":${at}}`

/** What may be wrong with a JSON record, and the code it is refused with. */
const KINDS: readonly (readonly [code: string, spoil: (good: string, at: number) => string | Buffer])[] = [
  [
    'E_ENCODING',
    good => Buffer.concat([Buffer.from(good.slice(0, -1)), Buffer.from([0xff]), Buffer.from('}')]),
  ],
  ['E_ENCODING', good => Buffer.from(good, 'latin1')],
  [
    'E_ENCODING',
    good =>
      Buffer.concat([
        Buffer.from(`${good.slice(0, -1)},"o":"`),
        Buffer.from([0xc0, 0xaf]),
        Buffer.from('"}'),
      ]),
  ],
  ['E_ENCODING', good => good.replace('größe', String.raw`\ud83d`)],
  ['E_PARSE', good => `${good.slice(0, -1)},}`],
  ['E_PARSE', (_good, at) => `{"id":"key-${at}","value":NaN}`],
  ['E_PARSE', good => `${good}${good}`],
  ['E_PARSE', good => good.slice(0, -1)],
  ['E_PARSE', good => `[${good}]`],
  ['E_PARSE', (_good, at) => `{"id":"key-${at}","id":"again","value":"x"}`],
  ['E_SCHEMA', (_good, at) => `{"id":"key-${at}"}`],
  ['E_SCHEMA', (_good, at) => `{"id":"key-${at}","value":null}`],
]

export const BAD_KINDS = KINDS.length

export interface FileWithBadRecords {
  readonly content: Buffer
  readonly bad: readonly BadRecord[]
  /** What every record should have been: key and value. */
  readonly wanted: ReadonlyMap<string, string>
}

/** JSON Lines of which about one in a hundred is bad, every kind among them; with mixed line ends. */
export function withBadRecords(count: number, seed: number): FileWithBadRecords {
  const random = seededRandom(seed)
  const parts: Buffer[] = []
  const bad: BadRecord[] = []
  const wanted = new Map<string, string>()
  let byteOffset = 0
  for (let at = 0; at < count; at += 1) {
    const corrected = goodRecord(at)
    wanted.set(`key-${at}`, `value ${at} größe`)
    const isBad = at % 83 === 17 || at < KINDS.length
    const [code, spoil] = KINDS[at < KINDS.length ? at : Math.floor(random() * KINDS.length)]!
    const raw = Buffer.from(isBad ? spoil(corrected, at) : corrected)
    if (isBad) bad.push({ index: at, line: at + 1, byteOffset, raw, corrected, code })
    const end = Buffer.from(random() < 0.5 ? '\n' : '\r\n')
    parts.push(raw, end)
    byteOffset += raw.length + end.length
  }
  return { content: Buffer.concat(parts), bad, wanted }
}
