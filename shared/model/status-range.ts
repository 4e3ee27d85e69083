import { JobError } from './error.ts'

/** Final HTTP statuses that count as success: `[first, last]` pairs, both included, sorted and not touching. */
export type StatusRanges = readonly (readonly [first: number, last: number])[]

const LOWEST = 100
const HIGHEST = 999

/**
 * @param text Statuses and ranges of 100 to 999, comma-separated: `200-399,404`.
 * @param where What the text was given for; it begins the message.
 * @throws JobError `E_CONFIG`.
 */
export function parseStatusRanges(text: string, where = '--ok-status'): StatusRanges {
  const pairs = text.split(',').map(part => {
    const [, from, to = from] = /^\s*(\d{3})(?:\s*-\s*(\d{3}))?\s*$/.exec(part) ?? []
    const first = Number(from)
    const last = Number(to)
    if (from === undefined || first < LOWEST || last > HIGHEST || first > last) {
      throw new JobError(
        'E_CONFIG',
        `${where}: "${part.trim()}" is not a status or a range of statuses from ${LOWEST} to ${HIGHEST}; write 200-399,404`,
      )
    }
    return [first, last] as const
  })
  return joined(pairs)
}

export const includesStatus = (ranges: StatusRanges, status: number): boolean =>
  ranges.some(([first, last]) => status >= first && status <= last)

/** @returns The form that {@link parseStatusRanges} reads back. */
export const formatStatusRanges = (ranges: StatusRanges): string =>
  ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(',')

function joined(pairs: StatusRanges): StatusRanges {
  const result: [number, number][] = []
  for (const [first, last] of [...pairs].sort((a, b) => a[0] - b[0])) {
    const previous = result.at(-1)
    if (previous !== undefined && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last)
    else result.push([first, last])
  }
  return result
}
