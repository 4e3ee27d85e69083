import { describe, expect, it } from 'vitest'

import { givenOf, readGiven } from '../../../../../renderer/stores/compose/field-form.ts'
import { defaultsOf } from '../../../../../shared/model/field-schema.ts'
import { crawlFields } from '../../../../../shared/model/fields/crawl.ts'

const usual = defaultsOf(crawlFields)

describe('what a form holds of a table of fields', () => {
  it('is read with durations and sizes as they are typed', () => {
    const given = {
      timeoutMs: '10s',
      maxBodyBytes: '1MiB',
      retries: 5,
      headers: ['A: b', ''],
      extract: ['title'],
    }
    const { options, problems } = readGiven(crawlFields, given, usual)
    expect(problems).toEqual({})
    expect(options).toEqual({
      ...usual,
      timeoutMs: 10_000,
      maxBodyBytes: 2 ** 20,
      retries: 5,
      headers: ['A: b'],
      extract: ['title'],
    })
  })

  it('has its default where a control was emptied', () => {
    const { options } = readGiven(crawlFields, { timeoutMs: '', perHost: null }, { ...usual, perHost: 8 })
    expect(options).toEqual({ ...usual, perHost: null })
  })

  it('keeps the default and names the field where a value cannot be used', () => {
    const { options, problems } = readGiven(crawlFields, { timeoutMs: '10', retries: 99 }, usual)
    expect(options).toEqual(usual)
    expect(problems).toEqual({
      timeoutMs: { is: 'expected', field: crawlFields.timeoutMs },
      retries: { is: 'expected', field: crawlFields.retries },
    })
  })

  it('comes back from options as what differs from the defaults, permissions left out', () => {
    const options = { ...usual, timeoutMs: 90_000, insecure: true, robots: false }
    expect(givenOf(crawlFields, options, usual, ['insecure'])).toEqual({ timeoutMs: '90s', robots: false })
  })
})
