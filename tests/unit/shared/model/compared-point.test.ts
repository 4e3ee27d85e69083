import { describe, expect, it } from 'vitest'

import { parsePoint, parseSweep } from '../../../../shared/model/compared-point.ts'
import { defaultsOf } from '../../../../shared/model/field-schema.ts'
import { cpuFields } from '../../../../shared/model/fields/cpu.ts'
import type { ParallelismOptions } from '../../../../shared/model/fields/parallelism.ts'
import { JOB_SCHEMA, type CpuJob } from '../../../../shared/model/job.ts'
import { parallelismDefaultsOf } from '../../../../shared/model/parallelism.ts'

const jobWith = (parallelism: Partial<ParallelismOptions> = {}): CpuJob => ({
  schema: JOB_SCHEMA,
  kind: 'cpu',
  cpu: defaultsOf(cpuFields),
  parallelism: { ...parallelismDefaultsOf('cpu'), ...parallelism },
})

describe('a point of a comparison', () => {
  it('is a model with its numbers', () => {
    expect(parsePoint('hybrid:2x3x50', jobWith()).parallelism).toMatchObject({
      model: 'hybrid',
      processes: 2,
      threads: 3,
      inFlight: 50,
    })
  })

  it('without numbers has those of the job that its model leaves open', () => {
    const job = jobWith({ model: 'hybrid', processes: 3, threads: 4, inFlight: 5, partition: 'stride' })
    expect(parsePoint('threads', job).parallelism).toEqual({
      ...job.parallelism,
      model: 'threads',
      processes: null,
    })
    expect(parsePoint('sequential', job).parallelism).toMatchObject({
      processes: null,
      threads: null,
      inFlight: null,
    })
  })

  it.each([
    ['fibres', /no model and no point/],
    ['loop:4', /no model and no point/],
    ['loop:1x2x3', /--threads 2 contradicts --model loop/],
    ['processes:0x1x1', /numbers from 1 to 256, not 0/],
    ['loop:1x1x99999', /from 1 to 65535/],
    ['', /no model/],
  ])('is not "%s"', (text, problem) => {
    expect(() => parsePoint(text, jobWith())).toThrow(problem)
  })
})

describe('a sweep', () => {
  it('doubles one number and ends with the last', () => {
    const points = parseSweep('in-flight=1..50', jobWith({ model: 'loop' }))
    expect(points.map(({ parallelism }) => parallelism.inFlight)).toEqual([1, 2, 4, 8, 16, 32, 50])
    expect(points.map(({ name }) => name)).toContain('loop:in-flight=50')
  })

  it.each([
    ['in-flight=8', /is no sweep/],
    ['in-flight=8..4', /is no sweep/],
    ['batch=1..4', /is no sweep/],
    ['in-flight=0..4', /is no sweep/],
    ['threads=1..4', /contradicts --model loop/],
  ])('is not "%s"', (text, problem) => {
    expect(() => parseSweep(text, jobWith({ model: 'loop' }))).toThrow(problem)
  })
})
