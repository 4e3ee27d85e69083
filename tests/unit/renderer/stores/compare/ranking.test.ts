import { describe, expect, it } from 'vitest'

import { judge } from '../../../../../engine/lab/judge.ts'
import { dotsOf, ranked, remainingMs } from '../../../../../renderer/stores/compare/ranking.ts'
import { summarySentence } from '../../../../../renderer/stores/compare/summary-sentence.ts'
import { en } from '../../../../../renderer/locales/en.ts'
import { countedText } from '../../../../../shared/locales/comparison-text.ts'
import { translator } from '../../../../../shared/locales/translate.ts'
import { comparedRun, measuredPoint } from '../../../../support/lab/compared-runs.ts'

const PLAN = { seed: 1, repeats: 5 }
const t = translator<typeof en>(en)
const sentenceOf = (...points: Parameters<typeof judge>[1]): string =>
  summarySentence(ranked(judge(PLAN, points, 0)), t, ({ name }) => name)

const slow = measuredPoint('slow', [100, 101, 99, 100, 102])
const fast = measuredPoint('fast', [200, 203, 198, 201, 204])
const alike = measuredPoint('alike', [199, 205, 197, 202, 203])

describe('points of a comparison', () => {
  it('stand with the fastest first, each with how much of it is reached', () => {
    const rows = ranked(judge(PLAN, [slow, fast], 0))
    expect(rows.map(({ cell, isBest }) => [cell.name, isBest])).toEqual([
      ['fast', true],
      ['slow', false],
    ])
    const { ratio, low, high, verdict } = rows[1]!.share!
    expect({ ratio: ratio?.toFixed(2), isWithin: low! <= ratio! && ratio! <= high!, verdict }).toEqual({
      ratio: '0.50',
      isWithin: true,
      verdict: 'slower',
    })
  })

  it('stand last when they are void, however fast they were', () => {
    const run = comparedRun({ throughputPerSec: 900, void: { type: 'not-done', detail: 'stopped' } })
    const rows = ranked(judge(PLAN, [{ ...fast, runs: [run] }, slow], 0))
    expect(rows.map(({ cell, share }) => [cell.void?.type ?? null, share?.verdict ?? null])).toEqual([
      [null, null],
      ['not-done', 'void'],
    ])
  })

  it('show every run but warm-ups, marked where it is far out or void', () => {
    const runs = [100, 101, 99, 100, 102, 400].map((throughputPerSec, block) =>
      comparedRun({ block, throughputPerSec }),
    )
    const warmUp = comparedRun({ block: -1 })
    const lost = comparedRun({ block: 6, void: { type: 'not-done', detail: '' } })
    const [cell] = judge(PLAN, [{ ...slow, runs: [warmUp, ...runs, lost] }], 0).cells
    expect(dotsOf(cell!).map(({ is }) => is)).toEqual([
      ...Array.from({ length: 5 }, () => 'counted'),
      'outlier',
      'void',
    ])
  })

  it('tell how long is left once each has run', () => {
    const plan = { repeats: 2, warmUps: 1 } as Parameters<typeof remainingMs>[0]['plan']
    const of = (...points: Parameters<typeof judge>[1]) => judge(PLAN, points, 0).cells
    expect(remainingMs({ plan, cells: of(slow, { ...fast, runs: [] }) })).toBeNull()
    const once = { ...slow, runs: [comparedRun({ startMs: 50, workMs: 800 })] }
    expect(remainingMs({ plan, cells: of(once) })).toBe(2_000)
  })
})

describe('how many runs count', () => {
  it('is told as it is, not as it was planned', () => {
    const counted = (...points: Parameters<typeof judge>[1]) => countedText(judge(PLAN, points, 0).cells)
    expect([counted(fast, slow), counted(fast, { ...slow, runs: slow.runs.slice(0, 2) })]).toEqual([
      '5',
      '2–5',
    ])
  })
})

describe('the sentence of a comparison', () => {
  it('names the fastest, and how much the next one reaches', () => {
    expect(sentenceOf(slow, fast)).toMatch(
      /^fast is the fastest: 201\/s\. slow follows with 0\.50 of that \[/,
    )
  })

  it('claims nothing where no difference is shown, or none can be', () => {
    expect(sentenceOf(fast, alike)).toBe(
      'alike has the highest median, 202/s, but no difference to fast is shown.',
    )
    expect(
      sentenceOf({ ...fast, runs: fast.runs.slice(0, 2) }, { ...slow, runs: slow.runs.slice(0, 2) }),
    ).toMatch(/more repeats are needed/)
    expect(sentenceOf(fast, { ...slow, runs: [] })).toMatch(/more repeats are needed/)
    expect(sentenceOf(fast)).toMatch(/nothing else to hold it against/)
    expect(sentenceOf({ ...fast, runs: [] })).toBe('No run counts yet.')
  })
})
