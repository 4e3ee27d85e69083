import { describe, expect, it } from 'vitest'

import { defaultRejectsOf, defaultTargetOf } from '../../../../../renderer/stores/compose/places.ts'

const dataDir = '/home/me/.local/share/interleave'

describe('places that nobody named', () => {
  it.each([
    ['/in/data.csv.gz', false, 'sqlite:/in/data.db'],
    ['/data.txt', false, 'sqlite:/data.db'],
    ['/in/100%?.tsv', false, 'sqlite:/in/100%25%3F.db'],
    ['C:\\in\\data.txt', false, 'sqlite:C:\\in\\data.db'],
    [`${dataDir}/uploads/1/data.txt`, true, `sqlite:${dataDir}/data.db`],
  ])('are beside the input, or in the data folder for an upload: %s', (input, isUploaded, to) => {
    expect(defaultTargetOf({ input, dataDir, isUploaded })).toBe(to)
  })

  it('are new at each run for rejects', () => {
    const places = { input: '/in/data.txt', dataDir, isUploaded: false }
    expect(defaultRejectsOf(places, new Date(2026, 10, 22, 13, 5, 9))).toBe(
      '/in/data.txt.20261122-130509.rejects.jsonl',
    )
  })
})
