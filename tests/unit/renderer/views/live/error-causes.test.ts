import { describe, expect, it } from 'vitest'

import { causesOf } from '../../../../../renderer/views/live/error-causes.ts'
import type { Breakdown } from '../../../../../shared/model/task-table.ts'

const breakdown = (errors: Breakdown['errors']): Breakdown => ({
  gap: null,
  tasks: 10,
  outcomes: { ok: 8, failed: 2, skipped: 0, quarantined: 0 },
  errors,
  statuses: [],
  hosts: [],
  hostsOmitted: 0,
})

describe('causesOf', () => {
  it('takes causes from the records of tasks', () => {
    const samples = [{ index: 3, input: 'u', message: 'm' }]
    const causes = causesOf(breakdown([{ code: 'E_DNS', count: 2, firstMs: 5, lastMs: 9, samples }]), [
      { code: 'E_TLS', count: 1, sample: 's' },
    ])

    expect(causes).toEqual([{ code: 'E_DNS', count: 2, when: { firstMs: 5, lastMs: 9 }, samples }])
  })

  it('takes them as the run counted them where no task is listed', () => {
    const counted = [{ code: 'E_TLS', count: 1, sample: 'certificate expired' }] as const
    const expected = [
      {
        code: 'E_TLS',
        count: 1,
        when: null,
        samples: [{ index: -1, input: null, message: 'certificate expired' }],
      },
    ]

    expect([causesOf(null, counted), causesOf(breakdown([]), counted)]).toEqual([expected, expected])
  })
})
