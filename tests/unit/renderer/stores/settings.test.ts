import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'

import type { Client } from '../../../../shared/contract/contract.ts'
import { DEFAULT_SETTINGS, type Settings } from '../../../../shared/model/settings.ts'

const asked: { readonly name: string; readonly answer: (settings: Settings) => void }[] = []
const client = {
  call: (name: string) => new Promise(resolve => asked.push({ name, answer: resolve })),
} as unknown as Client

/** The store, after its first question was sent. */
async function setUp() {
  const { useHostStore } = await import('../../../../renderer/stores/host.ts')
  const { useSettingsStore } = await import('../../../../renderer/stores/settings.ts')
  useHostStore().attach({ client, connection: 'open', onConnection: () => () => undefined } as never)
  const store = useSettingsStore()
  store.start()
  return store
}

beforeEach(() => {
  asked.length = 0
  vi.stubGlobal('navigator', { language: 'en' })
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => undefined }))
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined })
  vi.stubGlobal('document', { documentElement: { dataset: {}, lang: '' } })
  setActivePinia(createPinia())
})

describe('the store of settings', () => {
  it('keeps what was chosen while the host was still asked what it has', async () => {
    const store = await setUp()
    const changing = store.change({ language: 'zh-CN' })
    expect(asked.map(({ name }) => name)).toEqual(['settings.get', 'settings.set'])

    asked[1]!.answer({ ...DEFAULT_SETTINGS, language: 'zh-CN' })
    await changing
    asked[0]!.answer(DEFAULT_SETTINGS)
    await vi.waitFor(() => expect(store.isLoaded).toBe(true))

    expect(store.settings.language).toBe('zh-CN')
  })

  it('shows the last of two choices, whichever answer comes last', async () => {
    const store = await setUp()
    const first = store.change({ theme: 'light' })
    const second = store.change({ theme: 'dark' })

    asked[2]!.answer({ ...DEFAULT_SETTINGS, theme: 'dark' })
    await second
    asked[1]!.answer({ ...DEFAULT_SETTINGS, theme: 'light' })
    await first

    expect(store.settings.theme).toBe('dark')
  })
})
