import type { Ink } from './paint.ts'
import { span, type Line, type Span } from './line.ts'

/** What bars are drawn with; plain ASCII for terminals that say they are not UTF-8. */
export interface Glyphs {
  readonly full: string
  /** Left parts of a full cell, from one eighth to seven eighths; empty where there are none. */
  readonly parts: string
  readonly rest: string
  readonly spark: string
  readonly fills: Readonly<Record<'cpu' | 'server' | 'body' | 'connect' | 'queue', string>>
  readonly ok: string
  readonly failed: string
  readonly rule: string
  /** Before a number of restarts. */
  readonly again: string
}

export const UNICODE_GLYPHS: Glyphs = {
  full: '█',
  parts: '▏▎▍▌▋▊▉',
  rest: '░',
  spark: '▁▂▃▄▅▆▇█',
  fills: { cpu: '█', server: '░', body: '▒', connect: '▚', queue: '·' },
  ok: '✔',
  failed: '✘',
  rule: '─',
  again: '↻',
}

export const ASCII_GLYPHS: Glyphs = {
  full: '#',
  parts: '',
  rest: '.',
  spark: '_.-=+*%#',
  fills: { cpu: '#', server: '.', body: '=', connect: '/', queue: ' ' },
  ok: '+',
  failed: 'x',
  rule: '-',
  again: 'r',
}

/** @param ratio 0..1, clamped. @returns Exactly `columns` columns. */
export function progressBar(ratio: number, columns: number, glyphs: Glyphs, ink: Ink): Line {
  const eighths = Math.round(Math.min(1, Math.max(0, ratio)) * columns * 8)
  const whole = Math.floor(eighths / 8)
  const part = whole < columns ? glyphs.parts.charAt((eighths % 8) - 1) : ''
  const rest = columns - whole - part.length
  return [span(glyphs.full.repeat(whole) + part, ink), span(glyphs.rest.repeat(rest), 'queue')]
}

/** Shares of a whole as fills of their own, so that they are told apart without colour too. */
export interface Share {
  readonly kind: keyof Glyphs['fills']
  readonly amount: number
}

/** @returns Exactly `columns` columns; every share above half a column gets at least one. */
export function stackedBar(shares: readonly Share[], columns: number, glyphs: Glyphs): Line {
  const total = shares.reduce((sum, { amount }) => sum + amount, 0)
  if (total <= 0) return [span(glyphs.fills.queue.repeat(columns), 'queue')]
  const spans: Span[] = []
  let sum = 0
  let drawn = 0
  for (const { kind, amount } of shares) {
    sum += amount
    const until = Math.round((sum / total) * columns)
    spans.push(span(glyphs.fills[kind].repeat(until - drawn), kind))
    drawn = until
  }
  return spans
}

/** @param values From 0 on; the newest last. @returns At most `columns` characters, scaled to the largest shown. */
export function sparkline(values: readonly number[], columns: number, glyphs: Glyphs): string {
  const shown = values.slice(-columns)
  const top = Math.max(...shown, 0)
  if (top <= 0) return glyphs.spark.charAt(0).repeat(shown.length)
  const highest = glyphs.spark.length - 1
  return shown.map(value => glyphs.spark.charAt(Math.round((Math.max(0, value) / top) * highest))).join('')
}
