import { describe, expect, it } from 'vitest'

import { keepDraft, keptDraft } from '../../../../../renderer/stores/compose/draft.ts'
import { EMPTY_FORM } from '../../../../../renderer/stores/compose/job-form.ts'
import { EMPTY_RESULTS } from '../../../../../renderer/stores/compose/results-form.ts'

function makeStorage(): Storage {
  const values = new Map<string, string>()
  return {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  } as Storage
}

describe('a draft', () => {
  it('comes back without permissions and passwords', () => {
    const storage = makeStorage()
    const work = {
      ...EMPTY_FORM.work,
      crawl: { retries: 3, insecure: true, headers: ['Authorization: secret'] },
      load: { to: 'redis://me:secret@localhost/0' },
    }
    const results = { ...EMPTY_RESULTS, out: ['/tmp/a.jsonl'] }
    keepDraft({ form: { ...EMPTY_FORM, work }, results, places: ['/in/a.txt'] }, storage)
    expect(keptDraft(storage)).toEqual({
      form: {
        ...EMPTY_FORM,
        work: { ...EMPTY_FORM.work, crawl: { retries: 3 }, load: { to: 'redis://me@localhost:6379/0' } },
      },
      results,
      places: ['/in/a.txt'],
    })
    expect(storage.getItem('interleave.draft')).not.toContain('secret')
  })

  it('is none when what stands there is not ours', () => {
    const storage = makeStorage()
    expect(keptDraft(storage)).toBeNull()
    for (const text of ['{', '{}', '{"version":99}', '{"version":1,"form":{"kind":"other"}}']) {
      storage.setItem('interleave.draft', text)
      expect(keptDraft(storage)).toBeNull()
    }
  })
})
