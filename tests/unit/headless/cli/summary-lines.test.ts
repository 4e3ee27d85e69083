import { describe, expect, it } from 'vitest'

import type { JobFacts } from '../../../../headless/cli/job-title.ts'
import { summaryLines } from '../../../../headless/cli/summary-lines.ts'
import { UNICODE_GLYPHS } from '../../../../headless/cli/terminal/bars.ts'
import { en } from '../../../../shared/locales/en.ts'
import { translator } from '../../../../shared/locales/translate.ts'
import type { ErrorCode, Failure } from '../../../../shared/model/error.ts'
import type { RunSummary } from '../../../../shared/model/run.ts'
import { LOAD_FACTS, makeFacts, makeSummary, RUN_ID } from '../../../support/cli/run-ticks.ts'

const t = translator(en)
const HINT = `interleave resume ${RUN_ID}`

const textOf = (change: Partial<RunSummary>, isResumable = true, job = makeFacts()): string =>
  summaryLines(makeSummary(change), { columns: 80, t, glyphs: UNICODE_GLYPHS, isResumable, job })
    .map(line => line.map(({ text }) => text).join(''))
    .join('\n')

const failure = (code: ErrorCode): Failure => ({ code, message: 'reason', retryable: false })

describe('what a load came to', () => {
  const load = {
    kind: 'load',
    state: 'done',
    tasks: { total: 1_000, ok: 998, failed: 2, skipped: 0, quarantined: 0, remaining: 0 },
    bytes: { read: 100_000, body: 0, wire: 120_000 },
    load: { read: 1_000, sent: 998, acknowledged: 998, failed: 2, rejects: '/work/data.txt.rejects.jsonl' },
  } as const satisfies Partial<RunSummary>
  const text = (manner: JobFacts['manner'], change: Partial<RunSummary> = {}) =>
    textOf({ ...load, ...change }, true, { ...LOAD_FACTS, manner })

  it('is said of records, with where they are', () => {
    expect(text('work')).toMatch(/records +998 loaded · 2 rejected · of 1,000/)
    expect(text('work')).toMatch(/bytes +97\.7 KiB read from the input · 117 KiB sent to the destination/)
    expect(text('work')).toMatch(/destination +redis:\/\/localhost:6379\/0/)
    expect(text('work')).toMatch(/rejects +\/work\/data\.txt\.rejects\.jsonl/)
    expect(text('work')).not.toContain('kept with the run')
  })

  it('names no rejects where none were made', () => {
    expect(text('work', { load: { ...load.load, failed: 0, rejects: null } })).not.toContain('rejects ')
  })

  it('is another thing when it compared, or only read', () => {
    expect(text('verify')).toContain('verify')
    expect(text('verify')).toMatch(/998 as in the input · 2 missing or different · of 1,000/)
    expect(text('dryRun')).toMatch(/dry run, nothing was written/)
    expect(text('dryRun')).toMatch(/998 can be loaded · 2 rejected · of 1,000/)
    for (const manner of ['verify', 'dryRun'] as const) expect(text(manner)).not.toMatch(/destination +redis/)
  })
})

describe('notices', () => {
  it('are told of a run that is done all the same', () => {
    const notices = ['a.gz: what follows its end at byte 20 was ignored']
    expect(textOf({ state: 'done', notices })).toContain(
      '! a.gz: what follows its end at byte 20 was ignored',
    )
  })
})

describe('the hint to resume', () => {
  it('is given for a run that was stopped or could not go on for now', () => {
    expect(textOf({ state: 'stopped' })).toContain(HINT)
    expect(textOf({ state: 'failed', error: failure('E_DISK_FULL') })).toContain(HINT)
  })

  it('is not given for a run that is done', () => {
    expect(textOf({ state: 'done' })).not.toContain(HINT)
  })

  it('is not given for a run that read standard input without keeping a copy', () => {
    expect(textOf({ state: 'stopped' }, false)).not.toContain(HINT)
  })

  it.each<ErrorCode>(['E_CONFIG', 'E_NOT_A_FILE', 'E_NOT_RESUMABLE', 'E_SRC_CHANGED'])(
    'is not given after %s, which a resume would meet again',
    code => {
      expect(textOf({ state: 'failed', error: failure(code) })).not.toContain(HINT)
    },
  )
})
