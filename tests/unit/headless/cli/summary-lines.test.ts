import { describe, expect, it } from 'vitest'

import { summaryLines } from '../../../../headless/cli/summary-lines.ts'
import { UNICODE_GLYPHS } from '../../../../headless/cli/terminal/bars.ts'
import { en } from '../../../../shared/locales/en.ts'
import { translator } from '../../../../shared/locales/translate.ts'
import type { ErrorCode, Failure } from '../../../../shared/model/error.ts'
import type { RunSummary } from '../../../../shared/model/run.ts'
import { makeFacts, makeSummary, RUN_ID } from '../../../support/cli/run-ticks.ts'

const t = translator(en)
const HINT = `interleave resume ${RUN_ID}`

const textOf = (change: Partial<RunSummary>, isResumable = true): string =>
  summaryLines(makeSummary(change), { columns: 80, t, glyphs: UNICODE_GLYPHS, isResumable, job: makeFacts() })
    .map(line => line.map(({ text }) => text).join(''))
    .join('\n')

const failure = (code: ErrorCode): Failure => ({ code, message: 'reason', retryable: false })

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
