import { describe, expect, it } from 'vitest'

import {
  emptyPoint,
  jobOfComparison,
  pointName,
  readPoints,
  sweepPoints,
  usualPoints,
} from '../../../../../renderer/stores/compare/draft-points.ts'
import { defaultsOf } from '../../../../../shared/model/field-schema.ts'
import { cpuFields } from '../../../../../shared/model/fields/cpu.ts'
import { JOB_SCHEMA, type CpuJob } from '../../../../../shared/model/job.ts'
import { parallelismDefaultsOf } from '../../../../../shared/model/parallelism.ts'

const JOB: CpuJob = {
  schema: JOB_SCHEMA,
  kind: 'cpu',
  cpu: defaultsOf(cpuFields),
  parallelism: { ...parallelismDefaultsOf('cpu'), model: 'threads', threads: 3 },
}

describe('points that are put together', () => {
  it('begin with the job’s own model and its numbers among the usual ones', () => {
    expect(usualPoints(JOB)).toEqual([
      emptyPoint('sequential'),
      { ...emptyPoint('threads'), threads: 3 },
      emptyPoint('processes'),
    ])
  })

  it('are called by their model, or with every number where one is given', () => {
    expect(pointName(emptyPoint('processes'), 'cpu', 4)).toBe('processes')
    expect(pointName({ ...emptyPoint('hybrid'), processes: 3 }, 'cpu', 4)).toBe('hybrid:3x2x1')
  })

  it('mean what their name says, and cannot be there twice', () => {
    const points = [emptyPoint('threads'), { ...emptyPoint('loop'), inFlight: 8 }, emptyPoint('threads')]
    const read = readPoints(points, jobOfComparison(JOB), 4)
    expect(read.map(({ point, problem }) => [point?.name, point?.parallelism.threads, problem?.is])).toEqual([
      ['threads', null, undefined],
      ['loop:1x1x8', 1, undefined],
      [undefined, undefined, 'twice'],
    ])
  })

  it('say why they cannot be', () => {
    const [read] = readPoints([{ ...emptyPoint('hybrid'), processes: 256, threads: 256 }], JOB, 4)
    expect(read?.problem).toMatchObject({ is: 'message', text: expect.stringContaining('1024') as string })
  })

  it('come several at once by doubling one number', () => {
    const points = sweepPoints({ model: 'loop', dimension: 'inFlight', from: 1, to: 6 }, JOB)
    expect(points.map(({ model, inFlight }) => [model, inFlight])).toEqual([
      ['loop', 1],
      ['loop', 2],
      ['loop', 4],
      ['loop', 6],
    ])
  })
})
