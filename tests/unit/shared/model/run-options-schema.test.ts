import { describe, expect, it } from 'vitest'

import type { RunOptions } from '../../../../shared/model/job.ts'
import { runOptionsSchema } from '../../../../shared/model/run-options-schema.ts'
import { describeIssue } from '../../../../shared/model/schema-issue.ts'

const options: RunOptions = {
  out: ['/tmp/results.jsonl', 'C:\\results.csv', '-'],
  outMode: 'create',
  allowFailures: { unit: 'percent', value: 1.5 },
  asserts: ['p95<200ms'],
  patienceMs: 60_000,
  rejects: null,
  pass: 'write',
}

function refusalOf(change: object): string {
  const value = { ...options, ...change }
  const parsed = runOptionsSchema.safeParse(value)
  return parsed.success ? 'accepted' : describeIssue(parsed.error, value)
}

describe('runOptionsSchema', () => {
  it('accepts options of a run as they are', () => {
    expect(runOptionsSchema.parse(options)).toEqual(options)
  })

  it.each([
    'results.jsonl',
    '../x.csv',
    '/tmp/x.txt',
    '/tmp/.jsonl',
    '\\\\host\\share\\x.db',
    'file:///x.db',
    '/a\0.db',
    7,
  ])('refuses the output %j', path => {
    expect(refusalOf({ out: [path] })).toMatch(/^\$\.out\[0\]: expected an absolute path/)
  })

  it.each([
    [{ out: ['/a.db', '/a.db'] }, '$.out: expected each output once, found a list of 2'],
    [{ outMode: 'overwrite' }, '$.outMode: expected one of create, force, append, found "overwrite"'],
    [
      { allowFailures: { unit: 'percent', value: 101 } },
      '$.allowFailures.value: expected a percentage from 0 to 100, found 101',
    ],
    [
      { allowFailures: { unit: 'tasks', value: 1.5 } },
      '$.allowFailures.value: expected a whole number of tasks from 0 to 4000000000, found 1.5',
    ],
    [{ patienceMs: -1 }, '$.patienceMs: expected milliseconds from 0 to 86400000, found -1'],
    [{ quiet: true }, '$: unknown key "quiet"; leave it out'],
  ])('refuses case %#', (change, message) => {
    expect(refusalOf(change)).toBe(message)
  })
})
