import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { JobError } from '../../../../shared/model/error.ts'
import { defaultsOf } from '../../../../shared/model/field-schema.ts'
import { KERNELS } from '../../../../shared/model/fields/cpu.ts'
import { crawlFields, EXTRACTS } from '../../../../shared/model/fields/crawl.ts'
import { MODELS } from '../../../../shared/model/fields/parallelism.ts'
import { JOB_SCHEMA, type JobSpec } from '../../../../shared/model/job.ts'
import { JOB_FILE_BYTES, jobToText, parseJobText } from '../../../../shared/model/job-file.ts'
import { parseJob } from '../../../../shared/model/job-schema.ts'

const crawl = { schema: JOB_SCHEMA, kind: 'crawl', inputs: ['/data/urls.txt'] } as const
const text = (extra: object) => JSON.stringify({ ...crawl, ...extra })

function refusalOf(file: string): string {
  try {
    parseJobText(file)
    return 'accepted'
  } catch (error) {
    expect(error).toBeInstanceOf(JobError)
    expect(error).toMatchObject({ code: 'E_CONFIG' })
    return (error as JobError).message
  }
}

describe('parseJobText', () => {
  it('reads a short file, also one that begins with a byte order mark', () => {
    expect(parseJobText(`\uFEFF${text({})}`)).toEqual(parseJob(crawl))
  })

  it.each([
    ['headers', ['Authorization: Bearer x'], '--header'],
    ['privateNetwork', true, '--private-network'],
    ['insecure', false, '--insecure'],
  ])('refuses the permission %s and names the flag to give at the run', (key, value, flag) => {
    expect(refusalOf(text({ crawl: { [key]: value } }))).toBe(
      `job file holds $.crawl.${key}, which is never taken from a file: take it out and give ${flag} at the run`,
    )
  })

  it.each(['out', 'outMode', 'dataDir'])('refuses the output key %s', key => {
    expect(refusalOf(text({ [key]: '/etc/passwd' }))).toContain(
      `holds $.${key}, which is never taken from a file`,
    )
  })

  it('refuses __proto__ wherever it stands', () => {
    expect(refusalOf(`{"__proto__":{"kind":"cpu"}}`)).toBe('job file holds the key $.__proto__')
    expect(refusalOf(`{"a":[{"b":{"__proto__":1}}]}`)).toBe('job file holds the key $.a[0].b.__proto__')
  })

  it('refuses what is too large before it is parsed', () => {
    expect(refusalOf(' '.repeat(JOB_FILE_BYTES + 1))).toBe('job file is larger than 1 MiB (1048576 bytes)')
    expect(refusalOf('é'.repeat(JOB_FILE_BYTES / 2 + 1))).toBe(
      'job file is larger than 1 MiB (1048576 bytes)',
    )
  })

  it('refuses what is nested too deep, and takes brackets in strings for text', () => {
    expect(refusalOf('['.repeat(10_000))).toBe('job file is nested deeper than 200 levels')
    expect(refusalOf(`{"a":${'['.repeat(200)}${']'.repeat(200)}}`)).toBe(
      'job file is nested deeper than 200 levels',
    )
    expect(refusalOf(text({ inputs: [`\\"${'['.repeat(300)}`] }))).toBe('accepted')
  })

  it.each(['', '{', 'kind: cpu', '&a [*a]', "{'kind':'cpu'}", '{"a":NaN}', '{"a":1}//'])(
    'refuses %j: JSON only',
    file => {
      expect(refusalOf(file)).toMatch(/^job file is not JSON: /)
    },
  )

  it('never throws anything but a JobError', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map(json => `{"crawl":${json}}`),
        ),
        file => {
          refusalOf(file)
        },
      ),
    )
  })
})

describe('jobToText', () => {
  it('leaves permissions out', () => {
    const job = parseJob({
      ...crawl,
      crawl: { headers: ['A: b'], privateNetwork: true, insecure: true, retries: 9 },
    })
    expect(parseJobText(jobToText(job))).toEqual({
      ...job,
      crawl: { ...defaultsOf(crawlFields), retries: 9 },
    })
    expect(jobToText(job)).not.toMatch(/headers|privateNetwork|insecure/)
  })

  it('writes what parseJobText reads back', () => {
    const parallelism = fc.record({
      model: fc.constantFrom(...MODELS),
      inFlight: fc.option(fc.integer({ min: 1, max: 99 })),
    })
    const job: fc.Arbitrary<JobSpec> = fc.oneof(
      fc
        .record({
          inputs: fc.array(fc.webUrl(), { minLength: 1, maxLength: 3 }),
          crawl: fc.record({ extract: fc.subarray([...EXTRACTS]), robots: fc.option(fc.boolean()) }),
          parallelism,
        })
        .map(parts => parseJob({ schema: JOB_SCHEMA, kind: 'crawl', ...parts })),
      fc
        .record({
          cpu: fc.record({
            kernel: fc.constantFrom(...KERNELS),
            ioRatio: fc.double({ min: 0, max: 0.99, noNaN: true }),
          }),
          parallelism,
        })
        .map(parts => parseJob({ schema: JOB_SCHEMA, kind: 'cpu', ...parts })),
    )
    fc.assert(
      fc.property(job, original => {
        // JSON has no -0, and no option means something else by it.
        expect(parseJobText(jobToText(original))).toEqual(JSON.parse(JSON.stringify(original)))
      }),
    )
  })
})
