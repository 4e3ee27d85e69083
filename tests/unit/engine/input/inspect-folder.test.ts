import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FOLDER_FILES, inspectFolder } from '../../../../engine/input/inspect-folder.ts'
import { useTemporaryFolder } from '../../../support/source/temporary-folder.ts'

const folder = useTemporaryFolder()

function fill(name: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  const path = join(folder.path, name)
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(join(path, file, '..'), { recursive: true })
    writeFileSync(join(path, file), content)
  }
  return path
}

describe('a folder', () => {
  it('names so many files at most, and says when there may be more', async () => {
    const names = Array.from({ length: FOLDER_FILES + 5 }, (_, at) => [`${at}.txt`, 'x'])
    const path = fill('many', Object.fromEntries(names))
    const { files, evidence } = await inspectFolder(path)
    expect(files).toHaveLength(FOLDER_FILES)
    expect(files.at(-1)).toBe(join(path, '999.txt'))
    expect(evidence).toBe('a folder; files that could be inputs: 1000; there may be more')
  })

  it('looks into files whose names say nothing', async () => {
    const path = fill('plain', {
      notes: 'some text',
      'data.2026': 'a,b\n',
      'clip.xyz': Buffer.alloc(100),
      'program.bin': Buffer.from('7f454c460201010000000000', 'hex'),
      'all.tar': 'text enough',
      'all.tgz': Buffer.from('1f8b0800', 'hex'),
      packed: Buffer.from('1f8b0800', 'hex'),
    })
    const { files } = await inspectFolder(path)
    expect(files).toEqual(['data.2026', 'notes', 'packed'].map(name => join(path, name)))
  })

  it('is told when nothing in it can be used', async () => {
    const path = fill('none', { 'a.png': Buffer.from('89504e470d0a1a0a', 'hex') })
    expect(await inspectFolder(path)).toMatchObject({
      is: 'folder',
      files: [],
      evidence: 'a folder; files that could be inputs: 0',
    })
  })
})
