import { randomBytes } from 'node:crypto'
import { deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { detectPacking, PACKINGS, unpack } from '../../../../engine/source/unpack.ts'

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

interface Unpacked {
  readonly text: string
  readonly code: string | null
  readonly message: string
  /** What was said to be read over. */
  readonly notices: readonly string[]
}

async function unpackAll(bytes: Buffer, size = 1_000): Promise<Unpacked> {
  const packing = detectPacking(bytes)
  if (packing === null) throw new Error('not packed')
  const parts: Buffer[] = []
  const notices: string[] = []
  let failure = { code: null as string | null, message: '' }
  try {
    for await (const part of unpack(chunksOf(bytes, size), packing, 'x.gz', notice => notices.push(notice)))
      parts.push(part)
  } catch (error) {
    failure = error as { code: string; message: string }
  }
  const { code, message } = failure
  return { text: Buffer.concat(parts).toString('latin1'), code, message, notices }
}

const a = Buffer.from(randomBytes(30_000).toString('base64'))
const b = Buffer.from('http://b/\n'.repeat(2_000))
const both = a.toString() + b.toString()

const pack = { gz: (bytes: Buffer) => gzipSync(bytes), zst: (bytes: Buffer) => zstdCompressSync(bytes) }

describe.each(PACKINGS.map(({ kind }) => kind))('unpack of .%s', kind => {
  it.each([1, 7, 1_000, 10 ** 6])('reads all members, in chunks of %i bytes', async size => {
    const members = [a, b].map(pack[kind])
    // Many chunk borders fall on the border between two members when chunks have the size of the first one.
    for (const step of [size, members[0]?.length ?? 1])
      expect(await unpackAll(Buffer.concat(members), step)).toEqual({
        text: both,
        code: null,
        message: '',
        notices: [],
      })
  })

  it('hands on everything before the byte at which the archive is truncated', async () => {
    const members = [b, a].map(pack[kind])
    const whole = Buffer.concat(members)
    const cut = (members[0]?.length ?? 0) + 20_000
    const { text, code, message } = await unpackAll(whole.subarray(0, cut))
    expect({ code, message }).toEqual({
      code: 'E_SRC_IO',
      message: `x.gz is truncated at byte ${cut}: the archive goes on behind it`,
    })
    expect((b.toString() + a.toString()).startsWith(text)).toBe(true)
    expect(text.length).toBeGreaterThanOrEqual(b.length)
  })

  it('notices when only the beginning of another member is left', async () => {
    const member = pack[kind](b)
    for (let more = 1; more < 12; more += 1) {
      const cut = Buffer.concat([member, pack[kind](a).subarray(0, more)])
      expect(await unpackAll(cut)).toMatchObject({ text: b.toString(), code: 'E_SRC_IO' })
    }
  })

  it('leaves out zeros behind the last member without a word', async () => {
    const padded = Buffer.concat([pack[kind](b), Buffer.alloc(10_000)])
    expect(await unpackAll(padded)).toEqual({ text: b.toString(), code: null, message: '', notices: [] })
  })

  it('says where it leaves out what is no member', async () => {
    const member = pack[kind](b)
    const names = { gz: 'gzip', zst: 'Zstandard' }
    for (const junk of [Buffer.from('trailing junk'), Buffer.alloc(70_000, 0xff)])
      expect(await unpackAll(Buffer.concat([member, junk]), member.length - 1)).toEqual({
        text: b.toString(),
        code: null,
        message: '',
        notices: [
          `x.gz: what follows its end at byte ${member.length} is no ${names[kind]} data and was ignored; is the file damaged there?`,
        ],
      })
  })

  it('stops an archive that grows beyond reason', async () => {
    const bomb = pack[kind](Buffer.alloc(68 * 2 ** 20))
    const packing = detectPacking(bomb)
    if (packing === null) throw new Error('not packed')
    let bytes = 0
    const unpacking = (async () => {
      for await (const part of unpack(chunksOf(bomb, 1_000), packing, 'x')) bytes += part.length
    })()
    await expect(unpacking).rejects.toMatchObject({ code: 'E_DECODE_BOMB' })
    expect(bytes).toBeLessThan(66 * 2 ** 20)
  })

  it('tells the error of what it reads from', async () => {
    const failing = async function* (): AsyncGenerator<Buffer> {
      yield pack[kind](a).subarray(0, 500)
      throw Object.assign(new Error('unplugged'), { code: 'EIO' })
    }
    const packing = PACKINGS.find(candidate => candidate.kind === kind)
    if (packing === undefined) throw new Error(kind)
    const reading = async (): Promise<void> => {
      for await (const part of unpack(failing(), packing, 'x')) expect(part.length).toBeGreaterThan(0)
    }
    await expect(reading()).rejects.toThrow('unplugged')
  })
})

describe('unpack of .gz', () => {
  it('passes over every optional field of the header', async () => {
    const header = Buffer.from([
      0x1f,
      0x8b,
      8,
      0b11110,
      0,
      0,
      0,
      0,
      0,
      3,
      3,
      0,
      1,
      2,
      3,
      ...Buffer.from('name\0comment\0'),
      9,
      9,
    ])
    const plain = gzipSync(b)
    const archive = Buffer.concat([header, deflateRawSync(b), plain.subarray(plain.length - 8)])
    for (const size of [1, 1_000]) expect((await unpackAll(archive, size)).text).toBe(b.toString())
  })

  it('says that a checksum does not match, after everything was handed on', async () => {
    const archive = gzipSync(b)
    archive[archive.length - 6] = (archive[archive.length - 6] ?? 0) ^ 1
    expect(await unpackAll(archive)).toMatchObject({
      text: b.toString(),
      code: 'E_SRC_IO',
      message: expect.stringContaining('checksum'),
    })
  })
})
