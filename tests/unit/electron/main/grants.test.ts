import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { Grants } from '../../../../electron/main/grants.ts'
import { guardHandlers } from '../../../../electron/main/guarded-handlers.ts'
import { makeHandlers } from '../../../support/contract/handlers.ts'

let folder: string
let file: string
let grants: Grants
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interleave-grants-'))
  mkdirSync(join(folder, 'in'))
  file = join(folder, 'in', 'people.csv')
  writeFileSync(file, 'id\n1\n')
  grants = new Grants(join(folder, 'data'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('Grants', () => {
  it('gives a name that says nothing of the file and works once', async () => {
    const grant = await grants.issue(file)
    expect(grant).toMatch(/^[\w-]{24}$/)
    expect(grants.redeem(grant)).toBe(file)
    expect(() => grants.redeem(grant)).toThrow(/not known/)
    expect(() => grants.redeem(file)).toThrow(/not known/)
  })

  it.each([
    '../people.csv',
    '\\\\host\\share\\a.csv',
    '\\\\?\\C:\\a.csv',
    'file:///etc/hosts',
    '/etc/\0hosts',
    '',
  ])('takes %j for no path', async path => {
    await expect(grants.issue(path)).rejects.toThrow(expect.objectContaining({ code: 'E_NOT_A_FILE' }))
  })

  it('grants no device, and nothing that is not there', async () => {
    await expect(grants.issue('/dev/zero')).rejects.toThrow(expect.objectContaining({ code: 'E_NOT_A_FILE' }))
    await expect(grants.issue(join(folder, 'none'))).rejects.toThrow(
      expect.objectContaining({ code: 'E_SRC_IO' }),
    )
  })

  it('lets a file be read and what lies beside it be written, of a folder everything below', async () => {
    const may = (path: string) => [grants.mayRead(path), grants.mayWrite(path)]
    const beside = join(folder, 'in', 'people.db')
    expect([may(file), may(beside)]).toEqual([
      [false, false],
      [false, false],
    ])
    await grants.grant(file)
    expect([may(file), may(beside), may(`${folder}/in/../x.db`)]).toEqual([
      [true, true],
      [false, true],
      [false, false],
    ])
    await grants.grant(folder)
    expect([
      may(beside),
      may(`${folder}/in/../x.db`),
      may(`${folder}/../x.db`),
      may(`${folder}-x/y`),
    ]).toEqual([
      [true, true],
      [true, true],
      [false, false],
      [false, false],
    ])
  })
})

describe('guardHandlers', () => {
  const inspect = vi.fn(async () => [])
  beforeEach(() => inspect.mockClear())
  const guarded = (answers: boolean) => {
    const ask = vi.fn(async () => answers)
    return { ask, handlers: guardHandlers(makeHandlers({ 'input.inspect': inspect }), grants, ask) }
  }

  it('asks the person for a path that nobody handed over, and only once', async () => {
    const { ask, handlers } = guarded(true)
    const inputs = ['https://a.example/', file]
    await handlers['input.inspect']({ inputs })
    await handlers['input.inspect']({ inputs })
    expect(ask.mock.calls).toEqual([['read', file]])
    expect(inspect).toHaveBeenCalledTimes(2)
  })

  it('knows the paths of a job wherever a command carries one', async () => {
    const started = vi.fn(async () => ({ runId: 'a' }))
    const ask = vi.fn(async () => true)
    const handlers = guardHandlers(makeHandlers({ 'run.start': started }), grants, ask)
    const out = join(folder, 'elsewhere', 'r.jsonl')
    await handlers['run.start']({
      job: { kind: 'load', inputs: [file], load: { to: `sqlite:${folder}/other/x.db` } },
      options: { out: [out], rejects: null },
    } as never)
    expect(ask.mock.calls).toEqual([
      ['read', file],
      ['write', join(folder, 'other', 'x.db')],
      ['write', out],
    ])
    expect(started).toHaveBeenCalledTimes(1)
  })

  it('refuses what the person does not agree to, and what is no path without asking', async () => {
    const { ask, handlers } = guarded(false)
    for (const path of [file, '../x', '-', '\\\\host\\share\\x'])
      await expect(handlers['input.inspect']({ inputs: [path] })).rejects.toThrow(
        expect.objectContaining({ code: 'E_AUTH' }),
      )
    expect(ask).toHaveBeenCalledTimes(1)
    expect(inspect).not.toHaveBeenCalled()
  })
})
