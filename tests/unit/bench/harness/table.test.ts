import { describe, expect, it } from 'vitest'
import { formatReport } from '../../../../bench/harness/table.ts'
import { atLeast, atMost } from '../../../../bench/harness/scenario.ts'

describe('formatReport', () => {
  it('prints a table, what was reached and what was missed', () => {
    const rows = [
      { name: 'interleave', 'pages/s': 31_234.5, ratio: 0.7123 },
      { name: 'a peer', 'pages/s': 812, ratio: NaN },
    ]
    const goals = [atLeast('ratio', 0.71, 0.6), atMost('MB', 312, 300)]

    expect(formatReport({ rows, goals, notes: ['noisy'] }).split('\n')).toEqual([
      '| name       | pages/s | ratio |',
      '|------------|---------|-------|',
      '| interleave |  31,235 | 0.712 |',
      '| a peer     |     812 |       |',
      '',
      'reached  ratio at least 0.6: 0.710',
      'MISSED   MB at most 300: 312',
      'note: noisy',
    ])
  })
})
