import { describe, expect, it } from 'vitest'

import { labJob } from '../../../../engine/lab/lab-job.ts'
import { defaultsOf } from '../../../../shared/model/field-schema.ts'
import { crawlFields } from '../../../../shared/model/fields/crawl.ts'
import { loadFields, type LoadOptions } from '../../../../shared/model/fields/load.ts'
import { JOB_SCHEMA, type CrawlJob, type LoadJob } from '../../../../shared/model/job.ts'
import { parallelismDefaultsOf } from '../../../../shared/model/parallelism.ts'

const load = (given: Partial<LoadOptions>): LoadJob => ({
  schema: JOB_SCHEMA,
  kind: 'load',
  inputs: ['/data.txt'],
  load: { ...defaultsOf(loadFields), ...given },
  parallelism: parallelismDefaultsOf('load'),
})

const crawl = (input: string): CrawlJob => ({
  schema: JOB_SCHEMA,
  kind: 'crawl',
  inputs: [input],
  crawl: defaultsOf(crawlFields),
  parallelism: parallelismDefaultsOf('crawl'),
})

const toOf = (job: ReturnType<typeof labJob>): string | null => (job.kind === 'load' ? job.load.to : null)

describe('the job of one run of a comparison', () => {
  it('writes a file of its own instead of the destination', () => {
    expect(toOf(labJob(load({ to: 'sqlite:/mine.db?table=t' }), '/lab', 3))).toBe('sqlite:/lab/3.db?table=t')
    expect(toOf(labJob(load({ to: 'jsonl:/mine.jsonl' }), '/lab', 4))).toBe('jsonl:/lab/4.jsonl')
    expect(toOf(labJob(load({ to: 'null:' }), '/lab', 4))).toBe('null:')
  })

  it('goes into Redis only by commands that may be repeated', () => {
    const to = 'redis://127.0.0.1:6379/0'
    expect(toOf(labJob(load({ to }), '/lab', 0))).toBe(to)
    expect(() => labJob(load({ to, command: 'rpush', key: 'k' }), '/lab', 0)).toThrow(/add its records again/)
  })

  it('reads what can be read more than once', () => {
    expect(labJob(crawl('/urls.txt'), '/lab', 0)).toEqual(crawl('/urls.txt'))
    expect(() => labJob(crawl('-'), '/lab', 0)).toThrow(/standard input/)
  })
})
