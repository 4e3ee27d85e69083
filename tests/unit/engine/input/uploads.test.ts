import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { open as openFile, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { UNFINISHED_UPLOADS, Uploads, type UploadsParts } from '../../../../engine/input/uploads.ts'

const HOUR_MS = 3_600_000
const GIB = 2 ** 30

let dataDir: string
let opened: Uploads[]
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'interleave-uploads-'))
  opened = []
})
afterEach(async () => {
  vi.useRealTimers()
  await Promise.all(opened.map(uploads => uploads.close()))
  rmSync(dataDir, { recursive: true })
})

function open(parts: Partial<UploadsParts> = {}): Uploads {
  const uploads = new Uploads({ dataDir, namedInputs: async () => [], ...parts })
  opened.push(uploads)
  return uploads
}

const folder = (): string => join(dataDir, 'uploads')
const kept = (): string[] =>
  existsSync(folder()) ? readdirSync(folder()).filter(name => name !== '.swept') : []
const bytes = (text: string): Uint8Array => Buffer.from(text)

describe('Uploads', () => {
  it('makes a file of pieces, for nobody else to read', async () => {
    const uploads = open()
    const uploadId = await uploads.begin('../list of URLs.txt', 6)
    expect(uploadId).toMatch(/^[A-Za-z0-9_-]{24}$/)
    // Sent without waiting for each other, as a view does.
    await Promise.all([uploads.write(uploadId, 0, bytes('abc')), uploads.write(uploadId, 3, bytes('def'))])
    const path = await uploads.end(uploadId)
    expect(path).toBe(join(folder(), uploadId, 'list of URLs.txt'))
    expect(readFileSync(path, 'utf8')).toBe('abcdef')
    expect(readdirSync(dirname(path))).toEqual(['list of URLs.txt'])
    if (process.platform !== 'win32')
      expect([path, dirname(path), folder()].map(each => statSync(each).mode & 0o777)).toEqual([
        0o600, 0o700, 0o700,
      ])
  })

  it('takes an empty file', async () => {
    const uploads = open()
    expect(statSync(await uploads.end(await uploads.begin('a', 0))).size).toBe(0)
  })

  it('takes pieces only where the one before ended, and goes on after a wrong one', async () => {
    const uploads = open()
    const uploadId = await uploads.begin('a', 4)
    await uploads.write(uploadId, 0, bytes('ab'))
    for (const offset of [0, 1, 3])
      await expect(uploads.write(uploadId, offset, bytes('x'))).rejects.toMatchObject({
        code: 'E_CONFIG',
        message: `a goes on at byte 2, not at ${offset}`,
      })
    await expect(uploads.end(uploadId)).rejects.toMatchObject({
      code: 'E_CONFIG',
      message: 'a has 2 of 4 bytes',
    })
    await uploads.write(uploadId, 2, bytes('cd'))
    expect(readFileSync(await uploads.end(uploadId), 'utf8')).toBe('abcd')
  })

  it('removes what becomes larger than was announced', async () => {
    const uploads = open()
    const uploadId = await uploads.begin('a', 2)
    await expect(uploads.write(uploadId, 0, bytes('abc'))).rejects.toMatchObject({ code: 'E_LIMIT' })
    expect(kept()).toEqual([])
    await expect(uploads.end(uploadId)).rejects.toMatchObject({ code: 'E_NOT_FOUND' })
  })

  it('removes what the disk has no room for after all', async () => {
    const file = await openFile(join(dataDir, 'any'), 'w')
    const prototype = Object.getPrototypeOf(file) as FileHandle
    await file.close()
    const uploads = open()
    const uploadId = await uploads.begin('a', 2)
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    const write = vi.spyOn(prototype, 'write').mockRejectedValueOnce(full)
    await expect(uploads.write(uploadId, 0, bytes('ab'))).rejects.toMatchObject({ code: 'E_DISK_FULL' })
    write.mockRestore()
    expect(kept()).toEqual([])
  })

  it('refuses what would leave less than 1 GiB free, with what others still have to send', async () => {
    const uploads = open({ freeBytes: async () => GIB + 100 })
    await expect(uploads.begin('a', 101)).rejects.toMatchObject({ code: 'E_LIMIT' })
    const first = await uploads.begin('a', 60)
    await expect(uploads.begin('b', 60)).rejects.toMatchObject({ code: 'E_LIMIT' })
    await uploads.drop(first)
    await uploads.begin('b', 60)
  })

  it('takes uploads where the file system does not tell what is free', async () => {
    const uploads = open({ freeBytes: async () => null })
    expect(await uploads.begin('a', 2 ** 50)).toBeTypeOf('string')
  })

  it('has so many uploads under way at most', async () => {
    const uploads = open()
    const begun = await Promise.all(Array.from({ length: UNFINISHED_UPLOADS }, () => uploads.begin('a', 0)))
    await expect(uploads.begin('a', 0)).rejects.toMatchObject({ code: 'E_LIMIT' })
    await uploads.end(begun[0]!)
    await uploads.begin('a', 0)
  })

  it('knows no id but its own', async () => {
    const uploads = open()
    for (const attempt of [uploads.write('unknown-1', 0, bytes('')), uploads.end('unknown-1')])
      await expect(attempt).rejects.toMatchObject({ code: 'E_NOT_FOUND' })
    await uploads.drop('unknown-1')
  })

  it('removes what is dropped, but no file that a run reads', async () => {
    const inputs: string[] = []
    const uploads = open({ namedInputs: async () => inputs })
    const [living, ended, read] = await Promise.all(['a', 'b', 'c'].map(name => uploads.begin(name, 0)))
    await uploads.end(ended!)
    inputs.push(await uploads.end(read!))
    await Promise.all([living, ended, read].map(uploadId => uploads.drop(uploadId!)))
    expect(kept()).toEqual([read])
  })

  it('gives up what nothing comes of for an hour', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const uploads = open()
    const [left, busy] = await Promise.all([uploads.begin('left', 2), uploads.begin('busy', 2)])
    vi.advanceTimersByTime(HOUR_MS - 1)
    await uploads.write(busy, 0, bytes('a'))
    vi.advanceTimersByTime(2)
    await vi.waitFor(() => expect(kept()).toEqual([busy]))
    await expect(uploads.end(left)).rejects.toMatchObject({ code: 'E_NOT_FOUND' })
  })

  it('leaves complete files when it closes, and nothing else', async () => {
    const uploads = open()
    const [ended] = await Promise.all([uploads.begin('a', 0), uploads.begin('b', 9)])
    await uploads.end(ended)
    await uploads.close()
    expect(kept()).toEqual([ended])
    await expect(uploads.begin('c', 0)).rejects.toMatchObject({ code: 'E_CANCELLED' })
  })
})

describe('what was left of earlier hosts', () => {
  /** A folder as an upload leaves it, last written so long ago. */
  function leave(uploadId: string, name: string, hours: number): void {
    const path = join(folder(), uploadId)
    mkdirSync(path, { recursive: true })
    writeFileSync(join(path, name), 'x')
    const then = new Date(Date.now() - hours * HOUR_MS)
    for (const each of [join(path, name), path]) utimesSync(each, then, then)
  }

  it('is removed when nobody needs it any more', async () => {
    leave('unfinished-old', '.part-a.txt', 2)
    leave('unfinished-new', '.part-a.txt', 0.5)
    leave('old-read', 'a.txt', 30)
    leave('old-unread', 'a.txt', 30)
    leave('new-unread', 'a.txt', 20)
    const namedInputs = vi.fn(async () => ['https://x/', join(folder(), 'old-read', 'a.txt')])
    await open({ namedInputs }).close()
    expect(kept().sort()).toEqual(['new-unread', 'old-read', 'unfinished-new'])
    // Which takes long where there are many runs: once a day is enough.
    expect(namedInputs).toHaveBeenCalledTimes(1)
    await open({ namedInputs }).close()
    expect(namedInputs).toHaveBeenCalledTimes(1)
  })

  it('stays when the runs cannot be asked', async () => {
    leave('old-unread', 'a.txt', 30)
    await open({ namedInputs: () => Promise.reject(new Error('locked')) }).close()
    expect(kept()).toEqual(['old-unread'])
  })

  it('makes nothing where nothing was', async () => {
    const namedInputs = vi.fn(async () => [])
    await open({ namedInputs }).close()
    expect([readdirSync(dataDir), namedInputs.mock.calls]).toEqual([[], []])
  })
})
