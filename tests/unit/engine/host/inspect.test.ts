import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { findElectron } from '../../../../engine/host/electron-binary.ts'
import { inspectHost } from '../../../../engine/host/inspect.ts'
import { findInterpreters } from '../../../../engine/host/interpreters.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interleave-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function interpreter(name: string, answer: string): string {
  const path = join(folder, name)
  writeFileSync(path, `#!/bin/sh\n${answer}\n`)
  chmodSync(path, 0o755)
  return path
}

describe.skipIf(process.platform === 'win32')('findInterpreters', () => {
  it('asks every Python on the path what it is, each file once', async () => {
    interpreter('python3.12', `echo "cpython 3.12.4 True ${folder}/python3.12"`)
    interpreter('python3.14t', `echo "cpython 3.14.0 False ${folder}/python3.14t"`)
    interpreter('pypy3', `echo "pypy 3.11.9 True ${folder}/pypy3"`)
    interpreter('python3.9', 'exit 1')
    interpreter('python3.8', 'echo "something else"')
    interpreter('python3-config', 'echo "cpython 3.12.4 True x"')
    symlinkSync(join(folder, 'python3.12'), join(folder, 'python3'))

    expect(await findInterpreters(`relative:${folder}:${folder}:/does/not/exist`)).toEqual([
      { path: join(folder, 'pypy3'), version: 'pypy 3.11.9', hasGil: true },
      { path: join(folder, 'python3'), version: '3.12.4', hasGil: true },
      { path: join(folder, 'python3.14t'), version: '3.14.0', hasGil: false },
    ])
  })

  it('finds none on an empty path', async () => {
    expect([await findInterpreters(''), await findInterpreters(undefined)]).toEqual([[], []])
  })
})

describe('findElectron', () => {
  const from = () => pathToFileURL(join(folder, 'from.js'))

  it('finds the binary only where the file is there, without loading the package', async () => {
    expect(await findElectron(from())).toBeNull()
    const electron = join(folder, 'node_modules', 'electron')
    mkdirSync(join(electron, 'dist'), { recursive: true })
    writeFileSync(join(electron, 'package.json'), '{"name":"electron","version":"45.4.1","main":"index.js"}')
    writeFileSync(join(electron, 'index.js'), 'throw new Error("loaded")')
    writeFileSync(join(electron, 'path.txt'), 'electron')
    expect(await findElectron(from())).toBeNull()
    writeFileSync(join(electron, 'dist', 'electron'), '')
    expect(await findElectron(from())).toEqual({
      version: '45.4.1',
      path: join(electron, 'dist', 'electron'),
    })
  })
})

describe('inspectHost', () => {
  it('reports this machine', async () => {
    const report = await inspectHost({ dataDir: folder, env: { PATH: '' } })
    expect(report).toMatchObject({
      platform: `${process.platform} ${process.arch}`,
      node: { version: process.versions.node },
      sqlite: { isSafe: true },
      undici: { version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string },
      interpreters: [],
      dataDir: { path: folder, freeBytes: expect.any(Number) as number },
    })
    expect(report.cpu.quotaCpus).toBeGreaterThan(0)
    expect(report.cpu.quotaCpus).toBeLessThanOrEqual(report.cpu.logicalCpus)
  })
})
