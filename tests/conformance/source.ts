import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeStream, detectEncoding } from '../../engine/source/encoding.ts'
import { recognise } from '../../engine/source/recognise.ts'
import { SOURCES } from '../../engine/source/registry.ts'
import type { SourceKind } from '../../engine/source/source.ts'
import { parseWith } from '../support/source/parse.ts'

export interface SourceSample {
  /** A file name the kind is recognised by. */
  readonly name: string
  /** @returns `urls` in this kind's format. */
  write(urls: readonly string[]): string
}

/** Text that means something to formats of tables, of markup and of lines, none of it white space at an end. */
const url = fc
  .array(
    fc.constantFrom(
      'http://h/',
      'é',
      '中',
      '😀',
      '#',
      '&',
      '<',
      '>',
      '"',
      "'",
      ',',
      ';',
      '%20',
      'a b',
      '\\',
      '[',
      '{',
      '\u2028',
      '\ufeff',
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map(parts => `http://h/${parts.join('')}`)

/** What every kind of source must do with records that are text, whatever separates them. */
export function describeSource(kind: SourceKind, sample: SourceSample): void {
  describe(`the ${kind.kind} source`, () => {
    it('is registered once, and takes each of its extensions alone', () => {
      expect(SOURCES.filter(source => source.kind === kind.kind)).toEqual([kind])
      for (const extension of kind.extensions)
        expect(SOURCES.filter(source => source.extensions.includes(extension))).toEqual([kind])
    })

    it('is recognised by its name and content', async () => {
      const head = Buffer.from(sample.write(['http://a/', 'http://b/']))
      const options = { column: null, field: null }
      expect((await recognise(sample.name, head, options)).source).toBe(kind)
    })

    it('hands over every record, exactly and in order, however the bytes arrive', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(url, { minLength: 1, maxLength: 30 }),
          fc.integer({ min: 1, max: 400 }),
          async (urls, chunkBytes) => {
            const parsed = await parseWith(kind, sample.write(urls), { chunkBytes })
            expect(parsed).toMatchObject({ urls, failure: null })
            const lines = parsed.records.map(({ line }) => line)
            expect(lines).toEqual([...lines].sort((a, b) => a - b))
            expect(lines[0]).toBeGreaterThanOrEqual(1)
          },
        ),
        { numRuns: 60 },
      )
    })

    it('waits for a sink that is full, and reads no further meanwhile', async () => {
      const urls = Array.from({ length: 50 }, (_, at) => `http://h/${at}`)
      const bytes = Buffer.from(sample.write(urls))
      const taken: string[] = []
      let isFull = false
      const input = {
        name: 'input',
        bytes: (async function* () {
          yield bytes
        })(),
        head: bytes.toString('latin1'),
        encoding: 'UTF-8',
        options: { column: null, field: null },
        sitemaps: {
          origin: null,
          fetch: async () => Promise.reject(new Error('offline')),
          refusalOf: async () => null,
        },
      }
      await kind.parse(input, {
        add: value => {
          expect(isFull).toBe(false)
          taken.push(value)
          isFull = true
          return new Promise(resolve =>
            setImmediate(() => {
              isFull = false
              resolve()
            }),
          )
        },
      })
      expect(taken).toEqual(urls)
    })

    it('ends with the error of a sink that gives up', async () => {
      const bytes = Buffer.from(sample.write(['http://a/', 'http://b/']))
      const input = {
        name: 'input',
        bytes: (async function* () {
          yield bytes
        })(),
        head: bytes.toString('latin1'),
        encoding: 'UTF-8',
        options: { column: null, field: null },
        sitemaps: {
          origin: null,
          fetch: async () => Promise.reject(new Error('offline')),
          refusalOf: async () => null,
        },
      }
      const stopped = new Error('stopped')
      await expect(kind.parse(input, { add: () => Promise.reject(stopped) })).rejects.toBe(stopped)
    })

    it('finds the same records in UTF-16', async () => {
      const urls = ['http://a/é', 'http://b/😀']
      const bytes = Buffer.from(`\ufeff${sample.write(urls)}`, 'utf16le')
      const parts: Buffer[] = []
      const chunks = (async function* () {
        yield bytes
      })()
      for await (const part of decodeStream(chunks, detectEncoding(bytes))) parts.push(part)
      expect((await parseWith(kind, Buffer.concat(parts))).urls).toEqual(urls)
    })

    it('has no record for no data', async () => {
      const { records } = await parseWith(kind, '')
      expect(records).toEqual([])
    })
  })
}
