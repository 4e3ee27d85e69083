import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SettingsStore } from '../../../../engine/input/settings-store.ts'
import { DEFAULT_SETTINGS, type Settings } from '../../../../shared/model/settings.ts'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'interleave-settings-'))
})
afterEach(() => rmSync(dataDir, { recursive: true }))

const pathOf = (name = 'settings.json'): string => join(dataDir, name)
const withDefaults = (change: Partial<Settings['defaults']>): Settings => ({
  ...DEFAULT_SETTINGS,
  defaults: { ...DEFAULT_SETTINGS.defaults, ...change },
})

describe('SettingsStore', () => {
  it('has the defaults before anything is chosen', async () => {
    expect(await new SettingsStore(dataDir).get()).toEqual(DEFAULT_SETTINGS)
    expect(existsSync(pathOf())).toBe(false)
  })

  it('keeps what was chosen, readable for nobody else, and leaves nothing else behind', async () => {
    const chosen: Settings = { ...withDefaults({ crawl: { retries: 5 } }), language: 'zh-CN', theme: 'dark' }
    expect(await new SettingsStore(dataDir).set(chosen)).toEqual(chosen)
    expect(await new SettingsStore(dataDir).get()).toEqual(chosen)
    expect(readdirSync(dataDir)).toEqual(['settings.json'])
    if (process.platform !== 'win32') expect(statSync(pathOf()).mode & 0o777).toBe(0o600)
  })

  it('keeps neither permissions nor passwords', async () => {
    const secret = withDefaults({
      crawl: { headers: ['authorization: Bearer s3cret'], insecure: true, retries: 1 },
      load: { to: 'redis://user:s3cret@localhost' },
    })
    const kept = await new SettingsStore(dataDir).set(secret)
    expect(kept.defaults).toMatchObject({
      crawl: { retries: 1 },
      load: { to: 'redis://user@localhost:6379/0' },
    })
    expect(kept.defaults.crawl).not.toHaveProperty('headers')
    expect(readFileSync(pathOf(), 'utf8')).not.toMatch(/s3cret|insecure/)
  })

  it.each([
    ['no JSON', '{"schema"'],
    ['empty', ''],
    ['of a newer version', JSON.stringify({ schema: 'interleave/settings@2', settings: {} })],
    ['of another shape', JSON.stringify({ schema: 'interleave/settings@1', settings: { theme: 'pink' } })],
    ['larger than settings are', ' '.repeat(300_000)],
  ])('puts a file aside that is %s', async (_, text) => {
    writeFileSync(pathOf(), text)
    const store = new SettingsStore(dataDir)
    expect(await store.get()).toEqual(DEFAULT_SETTINGS)
    expect(readFileSync(pathOf('settings.json.broken'), 'utf8')).toBe(text)
    expect(await store.set({ ...DEFAULT_SETTINGS, theme: 'light' })).toEqual(await store.get())
  })

  it('is as the last of several changes wants it', async () => {
    const store = new SettingsStore(dataDir)
    const themes = ['light', 'dark', 'light', 'system', 'dark'] as const
    const changes = themes.map(theme => store.set({ ...DEFAULT_SETTINGS, theme }))
    expect((await store.get()).theme).toBe('dark')
    await Promise.all(changes)
    expect(readdirSync(dataDir)).toEqual(['settings.json'])
  })

  it('says when it cannot save, and goes on afterwards', async () => {
    const store = new SettingsStore(join(dataDir, 'gone'))
    await expect(store.set(DEFAULT_SETTINGS)).rejects.toMatchObject({ code: 'E_SRC_IO' })
    expect(await store.get()).toEqual(DEFAULT_SETTINGS)
  })
})
