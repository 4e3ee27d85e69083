import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeStream, detectEncoding, UTF_8 } from '../../../../engine/source/encoding.ts'

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function decode(bytes: Buffer, size: number): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of decodeStream(chunksOf(bytes, size), detectEncoding(bytes)))
    parts.push(Buffer.from(part))
  return Buffer.concat(parts)
}

const utf16 = (text: string, isBigEndian: boolean): Buffer => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le')
  return isBigEndian ? bytes.swap16() : bytes
}

describe('detectEncoding', () => {
  it('goes by the byte order mark', () => {
    expect(
      [Buffer.of(0xff, 0xfe, 0x61), Buffer.of(0xfe, 0xff), Buffer.of(0xef, 0xbb, 0xbf), Buffer.of()].map(
        head => detectEncoding(head).name,
      ),
    ).toEqual(['UTF-16LE', 'UTF-16BE', 'UTF-8', 'UTF-8'])
  })
})

describe('decodeStream', () => {
  it('makes UTF-8 of UTF-16 however the bytes arrive', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 7 }),
        async (text, isBigEndian, size) => {
          fc.pre(text !== '' && !text.startsWith('\ufeff'))
          expect((await decode(utf16(text, isBigEndian), size)).toString()).toBe(text)
        },
      ),
    )
  })

  it('makes bytes that are no UTF-8 of half characters, so that nothing is replaced silently', async () => {
    for (const size of [1, 2, 3, 100]) {
      expect([...(await decode(utf16('a\ud800b\udc00', false), size))]).toEqual([0x61, 0xff, 0x62, 0xff])
      expect([...(await decode(Buffer.concat([utf16('a', true), Buffer.of(7)]), size))]).toEqual([0x61, 0xff])
      expect([...(await decode(utf16('a\ud83d', false), size))]).toEqual([0x61, 0xff])
    }
  })

  it('leaves UTF-8 as it is', async () => {
    const bytes = Buffer.from('\ufeffé\xff', 'utf8')
    expect([await decode(bytes, 2), detectEncoding(bytes)]).toEqual([bytes, UTF_8])
  })
})
