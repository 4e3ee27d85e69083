import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packBatch } from '../../../../engine/source/batch.ts'
import {
  frameHead,
  replaySpool,
  spoolFile,
  surveySpool,
  type SpoolCopy,
} from '../../../../engine/source/spool.ts'
import { useTemporaryFolder } from '../../../support/source/temporary-folder.ts'

const folder = useTemporaryFolder()

const frameOf = (...values: string[]): Buffer => {
  const batch = packBatch(values.map((value, at) => ({ value, line: at + 1, refusal: null })))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(batch.length)
  return Buffer.concat([length, batch])
}
const END = Buffer.alloc(4)
const many = Array.from({ length: 300 }, (_, at) => `http://h/${at}`)

async function replay(copy: SpoolCopy | undefined): Promise<string[]> {
  const values: string[] = []
  await replaySpool(copy!, { add: value => (values.push(value), null) })
  return values
}

describe('a copy', () => {
  it('lies in a file that is named by the number of its input', () => {
    expect(spoolFile('/runs/1/spool', 3)).toMatch(/^.runs.1.spool.input-3\.spool$/)
  })

  it('that ends with a length of 0 is whole, and gives back every record', async () => {
    const file = folder.write(
      'whole',
      Buffer.concat([frameOf('http://a/', 'http://b/'), frameOf(...many), END]),
    )
    const survey = surveySpool(file)
    expect(survey).toMatchObject({ records: 302, isWhole: true })
    expect(await replay(survey?.copy)).toEqual(['http://a/', 'http://b/', ...many])
  })

  it('of an empty input is whole', async () => {
    const survey = surveySpool(folder.write('empty', END))
    expect(survey).toMatchObject({ records: 0, isWhole: true })
    expect(await replay(survey?.copy)).toEqual([])
  })

  it('is not whole wherever it was cut off, and counts the records of its whole frames', async () => {
    const first = frameOf('http://a/')
    const whole = Buffer.concat([first, frameOf('http://b/', 'http://c/'), END])
    const file = folder.write('cut', whole)
    for (let size = whole.length - 1; size >= 0; size -= 1) {
      truncateSync(file, size)
      const records = size >= whole.length - END.length ? 3 : size >= first.length ? 1 : 0
      expect([size, surveySpool(file)]).toMatchObject([size, { records, isWhole: false }])
    }
  })

  it('is not whole when zeros follow that nobody wrote, as after a power failure', () => {
    const file = folder.write('zeros', Buffer.concat([frameOf('http://a/'), Buffer.alloc(512)]))
    expect(surveySpool(file)).toMatchObject({ records: 1, isWhole: false })
    writeFileSync(file, readFileSync(file).subarray(0, -512))
    appendFileSync(file, END)
    expect(surveySpool(file)).toMatchObject({ records: 1, isWhole: true })
  })

  it('is never believed with a flipped bit', async () => {
    const frames = [many, ['http://b/']].map(values =>
      packBatch(values.map((value, at) => ({ value, line: at + 1, refusal: null }))),
    )
    const whole = Buffer.concat([...frames.flatMap(frame => [frameHead(frame), frame]), END])
    const file = folder.write('flipped', whole)
    const truth = await replay(surveySpool(file)?.copy)
    expect(truth).toEqual([...many, 'http://b/'])
    const look = async () => {
      try {
        const survey = surveySpool(file)
        expect(truth.slice(0, survey?.records)).toEqual(await replay(survey?.copy))
        expect(survey?.isWhole).toBe(false)
      } catch (error) {
        expect(error).toMatchObject({ code: 'E_JOURNAL_CORRUPT' })
      }
    }
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: whole.length * 8 - 1 }), async bit => {
        const flipped = Buffer.from(whole)
        flipped[bit >>> 3]! ^= 1 << (bit & 7)
        writeFileSync(file, flipped)
        await look()
      }),
    )
  })

  it('that is not there is none', () => {
    expect(surveySpool(`${folder.path}/missing`)).toBeNull()
  })
})
