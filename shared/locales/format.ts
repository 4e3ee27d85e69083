import { groupDigits } from './translate.ts'

/** Numbers for people, with three significant digits; the same in every language. */

/** @returns `1.84`, `18.4`, `184`, `1,840`, `61,204`: three significant digits, all of them from 1,000 on. */
export function significant(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const size = Math.abs(value)
  if (size >= 99.95) return groupDigits(value)
  if (size >= 9.995) return value.toFixed(1)
  if (size >= 0.995) return value.toFixed(2)
  return size === 0 ? '0' : value.toPrecision(size >= 0.0995 ? 2 : 1)
}

/** @returns `999`, `61.2k`, `1.84M`: at most five characters. */
export function compact(value: number): string {
  if (value < 999.5) return groupDigits(value)
  const [unit, size] = value < 999_500 ? ['k', 1e3] : value < 999_500_000 ? ['M', 1e6] : ['G', 1e9]
  const scaled = value / size
  return `${scaled >= 99.95 ? scaled.toFixed(0) : scaled >= 9.995 ? scaled.toFixed(1) : scaled.toFixed(2)}${unit}`
}

/** @returns `0.84 ms`, `184 ms`, `1.24 s`, `2.5 min`. */
export function milliseconds(ms: number): string {
  if (ms < 999.5) return `${significant(ms)} ms`
  if (ms < 119_950) return `${significant(ms / 1_000)} s`
  return `${significant(ms / 60_000)} min`
}

/** @returns `0:07`, `12:34`, `1:02:03`, `3d 4:05`: a clock, for times that go on. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000))
  const [minutes, hours, days] = [
    Math.floor(seconds / 60),
    Math.floor(seconds / 3_600),
    Math.floor(seconds / 86_400),
  ]
  const two = (value: number) => String(value).padStart(2, '0')
  if (days > 0) return `${days}d ${hours % 24}:${two(minutes % 60)}`
  if (hours > 0) return `${hours}:${two(minutes % 60)}:${two(seconds % 60)}`
  return `${minutes}:${two(seconds % 60)}`
}

const SIZE_UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** @returns `512 B`, `1.84 KiB`, `92.1 MiB`. */
export function bytes(count: number): string {
  if (count < 1_000) return `${Math.round(count)} B`
  let scaled = count / 1_024
  let unit = 0
  while (scaled >= 999.5 && unit < SIZE_UNITS.length - 1) {
    scaled /= 1_024
    unit += 1
  }
  return `${significant(scaled)} ${SIZE_UNITS[unit]!}`
}

/** @returns `1,842/s`, `0.5/s`. */
export const perSecond = (value: number): string => `${significant(value)}/s`

/** @param ratio 0..1. @returns `18 %`; `99.9 %` only rounds up to `100 %` at 1. */
export function percent(ratio: number): string {
  const value = ratio * 100
  const rounded = value > 0 && value < 1 ? 1 : value < 100 && value > 99 ? 99 : Math.round(value)
  return `${rounded} %`
}
