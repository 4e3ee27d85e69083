import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { readJob } from '../../../../engine/input/read-job.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'interleave-job-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const write = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

describe('a job file that is read where the host runs', () => {
  it('names files beside it by their whole paths', async () => {
    const job = {
      kind: 'load',
      inputs: ['people.csv', '/data/more.csv', 'https://example.org/list.txt'],
      load: { to: 'sqlite:people.db' },
      outMode: 'force',
    }
    const { text } = await readJob(write('people.ilv.json', `\uFEFF${JSON.stringify(job)}`))
    expect(JSON.parse(text)).toEqual({
      ...job,
      inputs: [join(folder, 'people.csv'), '/data/more.csv', 'https://example.org/list.txt'],
      load: { to: `sqlite:${join(folder, 'people.db')}` },
    })
  })

  it('is handed over as it is when it cannot be understood', async () => {
    expect(await readJob(write('broken.ilv.json', '{"kind": '))).toEqual({ text: '{"kind": ' })
  })

  it('is the only kind of file that is handed over', async () => {
    const path = write('secrets.json', '{"password": "abc"}')
    await expect(readJob(path)).rejects.toMatchObject({ code: 'E_CONFIG' })
  })
})
