import { describe, expect, it } from 'vitest'

import { isSafeSqlite } from '../../../../shared/model/host-report.ts'

describe('isSafeSqlite', () => {
  it.each([
    ['3.51.3', true],
    ['3.53.4', true],
    ['4.0.0', true],
    ['3.51.2', false],
    ['3.9.100', false],
    ['3.51', false],
    ['', false],
  ])('judges %j as %s', (version, isSafe) => {
    expect(isSafeSqlite(version)).toBe(isSafe)
  })
})
