import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { JobError } from '../../../../shared/model/error.ts'
import { defaultsOf } from '../../../../shared/model/field-schema.ts'
import { cpuFields } from '../../../../shared/model/fields/cpu.ts'
import { crawlFields } from '../../../../shared/model/fields/crawl.ts'
import { JOB_SCHEMA } from '../../../../shared/model/job.ts'
import { INPUTS_LIMIT, parseJob } from '../../../../shared/model/job-schema.ts'
import { parallelismDefaultsOf } from '../../../../shared/model/parallelism.ts'

const crawl = { schema: JOB_SCHEMA, kind: 'crawl', inputs: ['http://127.0.0.1:1/'] }
const cpu = { schema: JOB_SCHEMA, kind: 'cpu' }

describe('parseJob', () => {
  it('fills options that are left out, the model by the kind of job', () => {
    expect(parseJob({ ...crawl, crawl: { retries: 5 }, parallelism: { inFlight: 8 } })).toEqual({
      ...crawl,
      crawl: { ...defaultsOf(crawlFields), retries: 5 },
      parallelism: { ...parallelismDefaultsOf('crawl'), inFlight: 8 },
    })
    expect(parseJob({ ...cpu, parallelism: { order: 'input' } })).toEqual({
      ...cpu,
      cpu: defaultsOf(cpuFields),
      parallelism: { ...parallelismDefaultsOf('cpu'), model: 'processes', order: 'input' },
    })
  })

  it('leaves a whole job as it is', () => {
    const job = parseJob({ ...crawl, crawl: { headers: ['A: b'], insecure: true } })
    expect(parseJob(job)).toEqual(job)
  })

  it.each([
    [null, 'job $: expected an object, found null'],
    [[], 'job $: expected an object, found a list of 0'],
    [{}, 'job $.schema: expected "interleave/job@1", found nothing; it may be of another version'],
    [
      { ...cpu, schema: 'interleave/job@2' },
      'job $.schema: expected "interleave/job@1", found "interleave/job@2"; it may be of another version',
    ],
    [{ ...cpu, kind: 'warc' }, 'job $.kind: expected one of crawl, load, cpu, found "warc"'],
    [
      { ...cpu, cpu: { tasks: -1 } },
      'job $.cpu.tasks: expected a whole number from 1 to 4000000000, found -1',
    ],
    [{ ...cpu, cpu: 5 }, 'job $.cpu: expected an object, found 5'],
    [
      { ...cpu, parallelism: { inFlight: 1e308 } },
      'job $.parallelism.inFlight: expected a whole number from 1 to 65535 or null, found 1e+308',
    ],
    [{ ...cpu, command: 'rm' }, 'job $: unknown key "command"; leave it out'],
    [{ ...cpu, inputs: ['x'] }, 'job $: unknown key "inputs"; leave it out'],
    [
      { ...crawl, inputs: [] },
      `job $.inputs: expected a list of 1 to ${INPUTS_LIMIT} inputs, found a list of 0`,
    ],
    [
      { ...crawl, inputs: ['a', 7] },
      'job $.inputs[1]: expected a URL, a path or -, of at most 8192 characters, found 7',
    ],
    [{ ...crawl, inputs: ['a\0b'] }, 'job $.inputs[0]: expected no NUL character, found "a\\u0000b"'],
    [
      { ...crawl, inputs: ['-', '-'] },
      'job $.inputs: expected - once: standard input can be read once, found a list of 2',
    ],
    [
      { ...crawl, crawl: { okStatus: '200-' } },
      'job $.crawl.okStatus: expected statuses and ranges of them from 100 to 999, such as 200-399,404, found "200-"',
    ],
    [
      { ...crawl, crawl: { headers: ['secret'] } },
      "job $.crawl.headers: expected headers written 'Name: value'",
    ],
  ])('refuses case %# with the JSON path and what was expected', (value, message) => {
    expect(() => parseJob(value)).toThrow(expect.objectContaining({ code: 'E_CONFIG', message }))
  })

  it('never throws anything but a JobError', () => {
    const near = fc.record(
      {
        schema: fc.constant(JOB_SCHEMA),
        kind: fc.constantFrom('crawl', 'cpu'),
        inputs: fc.oneof(fc.array(fc.string()), fc.anything()),
        crawl: fc.oneof(
          fc.dictionary(fc.constantFrom(...Object.keys(crawlFields)), fc.anything()),
          fc.anything(),
        ),
        cpu: fc.oneof(
          fc.dictionary(fc.constantFrom(...Object.keys(cpuFields)), fc.anything()),
          fc.anything(),
        ),
        parallelism: fc.anything(),
      },
      { requiredKeys: ['schema', 'kind'] },
    )
    fc.assert(
      fc.property(fc.oneof(near, fc.anything({ withNullPrototype: true, withBigInt: true })), value => {
        try {
          parseJob(value)
        } catch (error) {
          expect(error).toBeInstanceOf(JobError)
          expect(error).toMatchObject({ code: 'E_CONFIG' })
        }
      }),
      { numRuns: 500 },
    )
  })
})
