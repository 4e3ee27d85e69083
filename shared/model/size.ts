import { JobError } from './error.ts'

/** Bytes of each unit, from the largest; a lone letter is binary, as curl and ripgrep read it. */
const UNITS = [
  ['TiB', 2 ** 40],
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
  ['TB', 1e12],
  ['GB', 1e9],
  ['MB', 1e6],
  ['KB', 1e3],
  ['T', 2 ** 40],
  ['G', 2 ** 30],
  ['M', 2 ** 20],
  ['K', 2 ** 10],
  ['B', 1],
] as const

const WRITTEN = /^(\d{1,16}(?:\.\d{1,9})?) ?([KMGT]i?B|[KMGTB])?$/i

/**
 * @param text Bytes, or a number and its unit in upper or lower case: `4096`, `64KiB`, `10MB`, `1.5GiB`, `5M` (binary).
 * @param where What the text was given for, such as `--max-body`; it begins the message.
 * @returns Whole bytes, 0 to 2^53 - 1.
 * @throws JobError `E_CONFIG`.
 */
export function parseSize(text: string, where: string): number {
  const [, amount, unit = 'B'] = WRITTEN.exec(text) ?? []
  const unitBytes = UNITS.find(([name]) => name.toLowerCase() === unit.toLowerCase())?.[1]
  const bytes = Math.round(Number(amount) * (unitBytes ?? NaN))
  if (!Number.isSafeInteger(bytes)) {
    throw new JobError(
      'E_CONFIG',
      `${where}: "${text}" is not a size; write bytes, or a number and a unit, such as 4096, 64KiB or 10MB`,
    )
  }
  return bytes
}

/**
 * @param bytes Whole, 0 to 2^53 - 1.
 * @returns The shortest exact form that {@link parseSize} reads back, such as `64KiB`.
 */
export function formatSize(bytes: number): string {
  const written = UNITS.filter(([name, unitBytes]) => name.endsWith('B') && bytes % unitBytes === 0)
    .map(([name, unitBytes]) => `${bytes / unitBytes}${name}`)
    .sort((a, b) => a.length - b.length)
  return bytes === 0 ? '0B' : (written[0] ?? `${bytes}B`)
}
