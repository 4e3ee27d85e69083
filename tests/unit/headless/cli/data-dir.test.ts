import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { CommandError } from '../../../../headless/cli/command-error.ts'
import { dataDirOf, makeDataDir } from '../../../../headless/cli/data-dir.ts'
import { isAsciiOnly, localeFrom } from '../../../../headless/cli/locale.ts'
import { en } from '../../../../shared/locales/en.ts'
import { translator } from '../../../../shared/locales/translate.ts'

const place = (env: NodeJS.ProcessEnv, platform: NodeJS.Platform = 'linux') => ({
  env,
  platform,
  home: '/home/u',
})

describe('dataDirOf', () => {
  it('prefers the flag, then the variable, then the platform', () => {
    const env = { INTERLEAVE_DATA_DIR: '/var', XDG_DATA_HOME: '/xdg' }
    expect([
      dataDirOf('/flag', place(env)),
      dataDirOf(undefined, place(env)),
      dataDirOf(undefined, place({ XDG_DATA_HOME: '/xdg' })),
      dataDirOf(undefined, place({})),
      dataDirOf(undefined, place({}, 'darwin')),
    ]).toEqual([
      '/flag',
      '/var',
      '/xdg/interleave',
      '/home/u/.local/share/interleave',
      '/home/u/Library/Application Support/interleave',
    ])
  })

  it('ignores a relative XDG path and an empty variable', () => {
    expect(dataDirOf(undefined, place({ XDG_DATA_HOME: 'relative', INTERLEAVE_DATA_DIR: '' }))).toBe(
      '/home/u/.local/share/interleave',
    )
  })
})

describe('makeDataDir', () => {
  it('makes it for its owner only', () => {
    const folder = mkdtempSync(join(tmpdir(), 'interleave-'))
    try {
      makeDataDir(join(folder, 'a', 'b'))
      expect(statSync(join(folder, 'a', 'b')).mode & 0o777).toBe(0o700)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('a data directory that cannot be', () => {
  const refusal = (directory: string): { code: string; sentence: string } | null => {
    try {
      makeDataDir(directory)
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      return { code: error.code, sentence: error.say(translator(en)) }
    }
    return null
  }

  it('is told to be a file, at whatever depth', () => {
    const folder = mkdtempSync(join(tmpdir(), 'interleave-'))
    const file = join(folder, 'urls.txt')
    writeFileSync(file, '')
    try {
      const told = {
        code: 'E_SRC_IO',
        sentence: `Runs cannot be kept there: ${file} is a file, not a folder. Choose another folder with --data-dir.`,
      }
      expect([refusal(file), refusal(join(file, 'data'))]).toEqual([told, told])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  // As root only such a file system refuses new folders.
  it.runIf(process.platform === 'linux')('is noticed where it exists and takes no runs', () => {
    expect(refusal('/proc/self')).toMatchObject({
      code: 'E_SRC_IO',
      sentence: expect.stringMatching(/^The data directory .* Choose another with --data-dir\.$/) as string,
    })
  })
})

describe('the language', () => {
  it('is asked of the variables in their order', () => {
    expect([
      localeFrom({ LANG: 'zh_CN.UTF-8' }),
      localeFrom({ LANG: 'zh_CN.UTF-8', LC_ALL: 'en_US.UTF-8' }),
      localeFrom({ LC_ALL: 'en_US.UTF-8', INTERLEAVE_LANG: 'zh' }),
      localeFrom({ LC_ALL: '', LC_MESSAGES: 'zh_CN' }),
      localeFrom({}),
    ]).toEqual(['zh-CN', 'en', 'zh-CN', 'zh-CN', 'en'])
  })

  it('tells terminals that show ASCII only', () => {
    expect([
      isAsciiOnly({}),
      isAsciiOnly({ LANG: 'C.UTF-8' }),
      isAsciiOnly({ LANG: 'C' }),
      isAsciiOnly({ LC_ALL: 'en_US.ISO-8859-1' }),
      isAsciiOnly({ TERM: 'linux', LANG: 'en_US.UTF-8' }),
    ]).toEqual([false, false, true, true, true])
  })
})
