import { utimesSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checkUnchanged, takeFingerprint } from '../../../../engine/source/fingerprint.ts'
import { openRegular } from '../../../../engine/source/open-file.ts'
import type { Fingerprint } from '../../../../engine/source/reader-protocol.ts'
import { useTemporaryFolder } from '../../../support/source/temporary-folder.ts'

const folder = useTemporaryFolder()

async function fingerprintOf(path: string): Promise<Fingerprint> {
  const file = await openRegular(path)
  try {
    return await takeFingerprint(file)
  } finally {
    await file.handle.close()
  }
}

const check = async (path: string, before: Fingerprint): Promise<string> => {
  try {
    checkUnchanged('list.txt', before, await fingerprintOf(path))
    return 'unchanged'
  } catch (error) {
    return `${(error as { code: string }).code} ${(error as Error).message}`
  }
}

describe('takeFingerprint', () => {
  it('hashes a small file whole', async () => {
    const path = folder.write('small.txt', 'http://a/\n')
    const { sizeBytes, sampleHash } = await fingerprintOf(path)
    expect({ sizeBytes, sampleHash }).toEqual({
      sizeBytes: 10,
      sampleHash: '3c6191ef90cd81078144d095562f4614de9bffa5942c6fb41b4d270b2a5896ee',
    })
  })

  it('sees a changed byte at either end of a large file', async () => {
    const content = Buffer.alloc(20 * 2 ** 20, 'x')
    const path = folder.write('large.txt', content)
    const { sampleHash } = await fingerprintOf(path)
    for (const at of [0, content.length - 1]) {
      const changed = Buffer.from(content)
      changed[at] = 0
      writeFileSync(path, changed)
      expect((await fingerprintOf(path)).sampleHash).not.toBe(sampleHash)
    }
  })
})

describe('checkUnchanged', () => {
  it('accepts a touched file of the same content', async () => {
    const path = folder.write('touched.txt', 'http://a/\n')
    const before = await fingerprintOf(path)
    utimesSync(path, 1, 1)
    expect(await check(path, before)).toBe('unchanged')
  })

  it('says what differs', async () => {
    const path = folder.write('changed.txt', 'http://a/\n')
    const before = await fingerprintOf(path)
    writeFileSync(path, 'http://b/\n')
    expect(await check(path, before)).toBe(
      'E_SRC_CHANGED list.txt changed since the run began: its content is not the same',
    )
    writeFileSync(path, 'http://a/\nhttp://b/\n')
    expect(await check(path, before)).toBe(
      'E_SRC_CHANGED list.txt changed since the run began: it has 20 bytes instead of 10; its content is not the same',
    )
  })

  it('goes by the time as well where only samples are hashed', async () => {
    const path = folder.write('sampled.txt', Buffer.alloc(7 * 2 ** 20, 'x'))
    utimesSync(path, 1, 1)
    const before = await fingerprintOf(path)
    utimesSync(path, 2, 2)
    expect(await check(path, before)).toBe(
      'E_SRC_CHANGED list.txt changed since the run began: it was modified at 1970-01-01T00:00:02.000Z instead of 1970-01-01T00:00:01.000Z',
    )
  })
})
