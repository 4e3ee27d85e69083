import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readStarts, StartsFile } from '../../../../engine/worker/starts-file.ts'

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'interleave-starts-'))
})
afterEach(() => rm(directory, { recursive: true }))

describe('StartsFile', () => {
  it('names what each lane started last, while it is still open', () => {
    const path = join(directory, 'a.starts')
    const starts = new StartsFile(path)
    starts.note(0, 0)
    starts.note(3, 2 ** 32 - 1)
    starts.note(0, 17)
    expect(readStarts(path)).toEqual([17, 2 ** 32 - 1])
    starts.close()
    starts.close()
    expect(readStarts(path)).toEqual([17, 2 ** 32 - 1])
  })

  it('is readable by its owner only', async () => {
    const path = join(directory, 'a.starts')
    const starts = new StartsFile(path)
    starts.note(0, 1)
    starts.close()
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it('is not made before the first start', () => {
    const path = join(directory, 'a.starts')
    new StartsFile(path).close()
    expect(readStarts(path)).toEqual([])
  })

  it('is not taken for empty when it cannot be read', () => {
    expect(() => readStarts(directory)).toThrow('EISDIR')
  })
})
