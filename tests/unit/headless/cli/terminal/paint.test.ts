import { describe, expect, it } from 'vitest'

import { colorDepth, INKS, isLightBackground, painter } from '../../../../../headless/cli/terminal/paint.ts'

const terminal = { isTTY: true, getColorDepth: () => 24 }
const pipe = { isTTY: false }

describe('colorDepth', () => {
  it.each([
    ['a terminal decides for itself', terminal, {}, 'auto', 24],
    ['a pipe has no colours', pipe, {}, 'auto', 1],
    ['NO_COLOR is honoured', terminal, { NO_COLOR: '1' }, 'auto', 1],
    ['an empty NO_COLOR is none', terminal, { NO_COLOR: '' }, 'auto', 24],
    ['FORCE_COLOR colours a pipe', pipe, { FORCE_COLOR: '1' }, 'auto', 4],
    ['FORCE_COLOR=3 is all colours', pipe, { FORCE_COLOR: '3' }, 'auto', 24],
    ['FORCE_COLOR=0 is none', terminal, { FORCE_COLOR: '0' }, 'auto', 1],
    ['a dumb terminal has none', terminal, { TERM: 'dumb' }, 'auto', 1],
    ['never outranks FORCE_COLOR', terminal, { FORCE_COLOR: '3' }, 'never', 1],
    ['always outranks NO_COLOR', pipe, { NO_COLOR: '1' }, 'always', 4],
    ['always keeps what a terminal can', terminal, {}, 'always', 24],
  ] as const)('%s', (_title, stream, env, wish, depth) => {
    expect(colorDepth(stream, env, wish)).toBe(depth)
  })
})

describe('painter', () => {
  it('leaves text as it is without colours', () => {
    const paint = painter({ depth: 1, isLight: false })
    expect(INKS.map(ink => paint(ink, 'x'))).toEqual(INKS.map(() => 'x'))
  })

  it('gives warm to CPU and cool to waiting in every depth', () => {
    const sequences = ([4, 8, 24] as const).map(depth => {
      const paint = painter({ depth, isLight: false })
      return [paint('cpu', 'x'), paint('server', 'x')]
    })
    expect(sequences).toEqual([
      ['\u001b[33mx\u001b[0m', '\u001b[36mx\u001b[0m'],
      ['\u001b[38;5;215mx\u001b[0m', '\u001b[38;5;74mx\u001b[0m'],
      ['\u001b[38;2;242;166;90mx\u001b[0m', '\u001b[38;2;91;180;229mx\u001b[0m'],
    ])
  })

  it('takes darker shades where the terminal says that it is light', () => {
    expect([isLightBackground({ COLORFGBG: '0;15' }), isLightBackground({ COLORFGBG: '15;0' })]).toEqual([
      true,
      false,
    ])
    expect(painter({ depth: 24, isLight: true })('cpu', 'x')).toBe('\u001b[38;2;194;99;27mx\u001b[0m')
  })
})
