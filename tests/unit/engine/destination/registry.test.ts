import { describe, expect, it } from 'vitest'
import { loadDestination } from '../../../../engine/destination/registry.ts'
import { parseTarget } from '../../../../shared/model/load-target.ts'

describe('loadDestination', () => {
  it('finds every kind of destination by its target, and says which have a control', async () => {
    const targets = ['redis://127.0.0.1:1/0', 'sqlite:/tmp/a.db', 'jsonl:/tmp/a.jsonl', 'null:']
    const kinds = await Promise.all(targets.map(to => loadDestination(parseTarget(to).target)))
    expect(kinds.map(({ kind, openControl }) => [kind, openControl !== null])).toEqual([
      ['redis', true],
      ['sqlite', true],
      ['jsonl', false],
      ['null', false],
    ])
  })
})
