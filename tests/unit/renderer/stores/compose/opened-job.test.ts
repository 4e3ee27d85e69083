import { describe, expect, it } from 'vitest'

import { openJobText, reopenJob } from '../../../../../renderer/stores/compose/opened-job.ts'
import { parseJob } from '../../../../../shared/model/job-schema.ts'

const JOB = { schema: 'interleave/job@1', kind: 'crawl', inputs: ['https://example.org/'] }
const open = (job: object) => openJobText(JSON.stringify(job))

describe('a job file that is opened', () => {
  it('is the job when it asks for nothing else', () => {
    expect(open(JOB)).toEqual({ job: parseJob(JOB), asked: [] })
  })

  it('has neither permissions nor paths of results before the person gives them', () => {
    const { job, asked } = open({
      ...JOB,
      crawl: { retries: 5, insecure: true, headers: ['Authorization: x'] },
      out: ['/tmp/out.jsonl'],
    })
    expect(job).toEqual(parseJob({ ...JOB, crawl: { retries: 5 } }))
    expect(asked.map(({ is, key, value }) => ({ is, key, value }))).toEqual([
      { is: 'results', key: 'out', value: ['/tmp/out.jsonl'] },
      { is: 'field', key: 'headers', value: ['Authorization: x'] },
      { is: 'field', key: 'insecure', value: true },
    ])
  })

  it('drops what no run would take', () => {
    const { asked } = open({ ...JOB, crawl: { insecure: 'yes' }, out: ['relative.jsonl'], outMode: 'force' })
    expect(asked.map(({ key }) => key)).toEqual(['outMode'])
  })

  it.each([
    ['no JSON', '{'],
    ['another version', JSON.stringify({ ...JOB, schema: 'interleave/job@9' })],
    ['an unknown key', JSON.stringify({ ...JOB, crawl: { insecure: true, script: 'x' } })],
    ['too large', `${JSON.stringify(JOB)}${' '.repeat(2 ** 20)}`],
  ])('is refused when it is %s', (_, text) => {
    expect(() => openJobText(text)).toThrow(expect.objectContaining({ code: 'E_CONFIG' }))
  })
})

describe('the job of a run that is opened again', () => {
  it('asks for its permissions anew', () => {
    const job = parseJob({ ...JOB, crawl: { insecure: true } })
    expect(reopenJob(job).asked).toEqual([{ is: 'field', kind: 'crawl', key: 'insecure', value: true }])
  })
})
