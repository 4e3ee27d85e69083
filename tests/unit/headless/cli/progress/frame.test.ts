import { describe, expect, it } from 'vitest'

import { drawFrame } from '../../../../../headless/cli/progress/frame.ts'
import { ProgressView } from '../../../../../headless/cli/progress/view.ts'
import { ASCII_GLYPHS, UNICODE_GLYPHS } from '../../../../../headless/cli/terminal/bars.ts'
import { lineWidth } from '../../../../../headless/cli/terminal/line.ts'
import { en } from '../../../../../shared/locales/en.ts'
import { translator } from '../../../../../shared/locales/translate.ts'
import { zhCN } from '../../../../../shared/locales/zh-CN.ts'
import {
  FAILED_TASKS,
  LOAD_FACTS,
  makeLoadTick,
  makeFacts,
  makeTick,
  makeWorkerTick,
  STARTED,
} from '../../../../support/cli/run-ticks.ts'

const STYLES = {
  en: { t: translator(en), glyphs: UNICODE_GLYPHS },
  'zh-CN': { t: translator(zhCN), glyphs: UNICODE_GLYPHS },
  ascii: { t: translator(en), glyphs: ASCII_GLYPHS },
} as const

function makeView(workers = 2): ProgressView {
  const view = new ProgressView(makeFacts())
  for (const event of [STARTED, ...FAILED_TASKS]) view.take(event)
  for (let second = 0; second < 43; second += 1) {
    const nowPerSec = 1_000 + 20 * second
    view.take({
      type: 'tick',
      tick: makeTick({
        elapsedMs: second * 1_000,
        throughput: { nowPerSec, averagePerSec: 1_446.9 },
        workers: Array.from({ length: workers }, (_, at) => makeWorkerTick(at + 1)),
      }),
    })
  }
  return view
}

const textOf = (view: ProgressView, columns: number, style: keyof typeof STYLES, rows = 24) =>
  drawFrame(view, { columns, rows }, STYLES[style])
    .map(line =>
      line
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    )
    .join('\n')

describe('the live view', () => {
  it.each([20, 80, 120, 200])('at %i columns looks like this', columns => {
    expect(textOf(makeView(), columns, 'en')).toMatchSnapshot('en')
    expect(textOf(makeView(), columns, 'zh-CN')).toMatchSnapshot('zh-CN')
  })

  it.each([30, 80, 120])('of a load at %i columns looks like this', columns => {
    const view = new ProgressView(LOAD_FACTS)
    view.take(STARTED)
    view.take({
      type: 'tick',
      tick: makeLoadTick({ workers: [makeWorkerTick(1, { inFlight: 4, current: null })] }),
    })
    view.take({ type: 'run.state', state: 'running', reason: 'Redis: connect ECONNREFUSED 127.0.0.1:6379' })
    expect(textOf(view, columns, 'en')).toMatchSnapshot('en')
    expect(textOf(view, columns, 'zh-CN')).toMatchSnapshot('zh-CN')
  })

  it('can do without anything but ASCII', () => {
    const frame = textOf(makeView(), 80, 'ascii').replaceAll(/[×·–]/g, '')
    // eslint-disable-next-line no-control-regex -- finding what is not ASCII is the point
    expect(frame).toMatch(/^[\u0000-\u007f]*$/)
  })

  it('stays within every size, in both languages', () => {
    const view = makeView(40)
    for (let columns = 10; columns <= 200; columns += 7) {
      for (const rows of [1, 2, 5, 10, 24, 60]) {
        for (const style of ['en', 'zh-CN'] as const) {
          const lines = drawFrame(view, { columns, rows }, STYLES[style])
          expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows - 1))
          for (const line of lines) expect(lineWidth(line)).toBeLessThanOrEqual(columns)
        }
      }
    }
  })

  it('says how many workers do not fit', () => {
    expect(textOf(makeView(40), 100, 'en')).toMatch(/… and \d+ more workers/)
  })

  it('shows its header before the first numbers', () => {
    const view = new ProgressView(makeFacts({ kind: 'cpu', title: 'primes × 200' }))
    expect(textOf(view, 60, 'en')).toBe('cpu · primes × 200                             starting 0:00')
  })

  it('shows no bar while nothing tells how far it is', () => {
    const view = new ProgressView(makeFacts({ title: 'stdin' }))
    const tasks = { total: 1_200, ok: 1_000, failed: 0, skipped: 0, quarantined: 0, remaining: 200 }
    view.take({
      type: 'tick',
      tick: makeTick({ tasks, totalIsFinal: false, progressRatio: null, etaMs: null }),
    })
    const [, second] = textOf(view, 80, 'en').split('\n')
    expect(second).toBe('1,000 of 1,200 so far')
  })
})
