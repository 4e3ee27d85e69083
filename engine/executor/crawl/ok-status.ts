import { JobError } from '../../../shared/model/error.ts'

const LOWEST = 100
const HIGHEST = 999

/**
 * @param text Statuses and ranges, such as `200-399,404`.
 * @returns 1 at each status that counts as success.
 * @throws JobError `E_CONFIG` when the text is anything else.
 */
export function parseOkStatus(text: string): Uint8Array {
  const table = new Uint8Array(HIGHEST + 1)
  for (const part of text.split(',')) {
    const match = /^\s*(\d{3})(?:\s*-\s*(\d{3}))?\s*$/.exec(part)
    const low = Number(match?.[1])
    const high = Number(match?.[2] ?? match?.[1])
    if (match === null || low < LOWEST || high < low) {
      throw new JobError('E_CONFIG', `--ok-status ${text}: write statuses and ranges, such as 200-399,404`)
    }
    table.fill(1, low, high + 1)
  }
  return table
}
