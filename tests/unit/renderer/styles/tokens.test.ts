import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import {
  asDeuteranope,
  asProtanope,
  contrast,
  difference,
  linearOf,
  type Rgb,
} from '../../../support/colour.ts'

const css = readFileSync(new URL('../../../../renderer/styles/tokens.css', import.meta.url), 'utf8')

/** The colours of one theme, by name. */
function colours(theme: string): Readonly<Record<string, string>> {
  const block = css.slice(css.indexOf(`[data-theme='${theme}']`))
  const body = block.slice(0, block.indexOf('}'))
  return Object.fromEntries(
    [...body.matchAll(/--([\w-]+): (#[\da-f]{6});/g)].map(([, name, hex]) => [name, hex]),
  )
}

const SURFACES = ['surface-0', 'surface-1', 'surface-2']
const WRITTEN = [
  'text',
  'text-dim',
  'text-faint',
  'accent',
  'cpu',
  'first-byte',
  'connect',
  'ok',
  'failed',
  'attention',
]
const KINDS = ['kind1', 'kind2', 'kind3', 'kind4', 'kind5']
const DRAWN = ['body', 'queue', 'control-line', ...KINDS]
const ON_GROUND = [
  ['ok', 'ok-soft'],
  ['failed', 'failed-soft'],
  ['attention', 'attention-soft'],
  ['cpu', 'cpu-soft'],
  ['first-byte', 'wait-soft'],
  ['text-dim', 'neutral-soft'],
  ['on-accent', 'accent'],
  ['on-accent', 'accent-strong'],
  ['on-danger', 'danger-fill'],
  ['on-danger', 'danger-fill-strong'],
  ['surface-0', 'accent'],
  ...['ok', 'failed', 'attention', 'cpu', 'wait', 'neutral'].flatMap(tone => [
    ['text', `${tone}-soft`],
    ['text-dim', `${tone}-soft`],
  ]),
  ['text', 'surface-3'],
  ['text-dim', 'surface-3'],
] as const

describe.each(['dark', 'light'])('the %s theme', theme => {
  const token = colours(theme)
  const ratios = (pairs: readonly (readonly string[])[], least: number): string[] =>
    pairs.flatMap(([front, back]) => {
      const ratio = contrast(token[front!]!, token[back!]!)
      return ratio < least ? [`${front} on ${back}: ${ratio.toFixed(2)}`] : []
    })
  const onSurfaces = (names: readonly string[]): string[][] =>
    names.flatMap(name => SURFACES.map(surface => [name, surface]))

  it('names every colour that the other names', () => {
    expect(Object.keys(token).sort()).toEqual(
      Object.keys(colours(theme === 'dark' ? 'light' : 'dark')).sort(),
    )
  })

  it('writes with 4.5:1 on every surface and ground', () => {
    expect(ratios([...onSurfaces(WRITTEN), ...ON_GROUND], 4.5)).toEqual([])
  })

  it('draws with 3:1 on every surface', () => {
    expect(ratios(onSurfaces(DRAWN), 3)).toEqual([])
  })

  const apart = (one: string, other: string): number =>
    difference(asDeuteranope(linearOf(token[one]!)), asDeuteranope(linearOf(token[other]!)))

  it('keeps ok, failed and attention apart for a deuteranope', () => {
    const pairs = [
      ['ok', 'failed'],
      ['ok', 'attention'],
      ['failed', 'attention'],
    ] as const
    expect(pairs.filter(([one, other]) => apart(one, other) < 10)).toEqual([])
  })

  it('keeps phases that stand side by side apart for a deuteranope, and warm from cool by far', () => {
    const order = ['cpu', 'first-byte', 'body', 'connect', 'queue']
    const neighbours = order.slice(1).map((name, index) => [order[index]!, name] as const)
    expect(neighbours.filter(([one, other]) => apart(one, other) < 10)).toEqual([])
    expect(order.slice(1).filter(name => apart('cpu', name) < 40)).toEqual([])
  })

  it('keeps kinds that stand side by side, and all others of them, apart for every eye', () => {
    const names = [...KINDS, 'text-dim']
    const eyes = [asDeuteranope, asProtanope, (colour: Rgb): Rgb => colour]
    const close = names.flatMap((one, at) =>
      names.slice(at + 1).flatMap(other => {
        const seen = eyes.map(eye => difference(eye(linearOf(token[one]!)), eye(linearOf(token[other]!))))
        return Math.min(...seen) < 20 ? [`${one} and ${other}: ${Math.min(...seen).toFixed(1)}`] : []
      }),
    )
    expect(close).toEqual([])
  })
})
