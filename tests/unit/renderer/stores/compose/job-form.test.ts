import { describe, expect, it } from 'vitest'

import { EMPTY_FORM, readJob, type JobForm } from '../../../../../renderer/stores/compose/job-form.ts'
import { DEFAULT_SETTINGS } from '../../../../../shared/model/settings.ts'

const { defaults } = DEFAULT_SETTINGS
const context = { inputs: ['/in/data.txt'], defaults, defaultTo: 'sqlite:/in/data.db' }
const withWork = (kind: JobForm['kind'], given: JobForm['work']['crawl']): JobForm => ({
  ...EMPTY_FORM,
  kind,
  work: { ...EMPTY_FORM.work, [kind]: given },
})

describe('the job of a form', () => {
  it('leaves out numbers that its model does not open, whatever was typed under another', () => {
    const given = { model: 'loop', processes: 4, threads: 2, inFlight: 8 }
    const form = { ...EMPTY_FORM, parallelism: { ...EMPTY_FORM.parallelism, crawl: given } }
    expect(readJob(form, context).job.parallelism).toEqual({
      model: 'loop',
      processes: null,
      threads: null,
      inFlight: 8,
      partition: 'dynamic',
      order: 'completion',
    })
  })

  it('goes where the person said by default, then where the settings say, then into a file of its own', () => {
    const toOf = (form: JobForm, chosen = defaults) => {
      const { job } = readJob(form, { ...context, defaults: chosen })
      return job.kind === 'load' ? job.load.to : undefined
    }
    const chosen = { ...defaults, load: { to: 'redis://127.0.0.1:6379/0' } }
    expect([
      toOf(withWork('load', {})),
      toOf(withWork('load', {}), chosen),
      toOf(withWork('load', { to: 'null:' }), chosen),
    ]).toEqual(['sqlite:/in/data.db', 'redis://127.0.0.1:6379/0', 'null:'])
  })

  it('has the defaults of the settings where nothing is set', () => {
    const chosen = { ...defaults, crawl: { retries: 7 } }
    const { job } = readJob(EMPTY_FORM, { ...context, defaults: chosen })
    expect(job.kind === 'crawl' && job.crawl.retries).toBe(7)
  })

  it.each([
    ['crawl', { headers: ['no colon'] }, { 'work.headers': { is: 'headers' } }],
    ['crawl', { okStatus: '9' }, { 'work.okStatus': { is: 'okStatus' } }],
    ['load', { maxRejects: 'some' }, { 'work.maxRejects': { is: 'allowance' } }],
    ['load', { to: 'sqlite:out.db' }, { 'work.to': { is: 'absolute' } }],
    ['load', { verify: true, dryRun: true }, { 'work.verify': { is: 'twice' } }],
  ] as const)('names what is wrong in a %s: %o', (kind, given, problems) => {
    expect(readJob(withWork(kind, given), context).problems).toEqual(problems)
  })

  it('says what a destination could be', () => {
    const { problems } = readJob(withWork('load', { to: 'data' }), context)
    expect(problems['work.to']).toMatchObject({ is: 'message', text: expect.stringContaining('redis://') })
  })
})
