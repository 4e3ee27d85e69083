import { describe, expect, it } from 'vitest'

import { fieldGroups, type Wanted } from '../../../../../renderer/views/compose/field-groups.ts'

const NOTHING = { work: {}, parallelism: {} }
const keys = (wanted: Partial<Wanted>): string[] =>
  fieldGroups({ kind: 'crawl', depth: 1, given: NOTHING, options: {}, ...wanted }).flatMap(({ fields }) =>
    fields.map(({ key }) => key),
  )

describe('the options that a form shows', () => {
  it('are more at each depth', () => {
    const [simple, more, expert] = ([1, 2, 3] as const).map(depth => keys({ kind: 'load', depth }))
    expect(simple).toEqual(['to', 'format', 'key', 'value'])
    expect(more).toEqual(
      expect.arrayContaining([...simple!, 'encoding', 'maxRejects', 'dryRun', 'partition']),
    )
    expect(expert).toEqual(expect.arrayContaining([...more!, 'invalidBytes']))
  })

  it('keep in sight what was set', () => {
    expect(keys({ given: { work: { insecure: true }, parallelism: {} } })).toEqual(['insecure'])
  })

  it('leave out what stands beside the pictures, and what means nothing here', () => {
    const all = keys({ kind: 'load', depth: 3 })
    for (const key of ['model', 'processes', 'spool', 'command', 'score']) expect(all).not.toContain(key)
    const redis = keys({ kind: 'load', depth: 3, options: { to: 'redis://localhost', command: 'zadd' } })
    expect(redis).toEqual(expect.arrayContaining(['command', 'score']))
  })
})
