import type { CommandFolder } from '../../tests/support/command-folder.ts'
import { equal, type Check } from './scenario.ts'

/** @returns Checks that a `.jsonl` output has each of `total` tasks exactly once, all of them ok. */
export function eachOnce(folder: CommandFolder, output: string, total: number): Check[] {
  const results = folder.results(output)
  const indexes = new Set(results.map(({ index }) => index))
  const urls = new Set(results.map(({ url }) => url))
  return [
    equal('records', results.length, total),
    equal('tasks with a record', indexes.size, total),
    equal('addresses with a record', urls.size, total),
    equal('records that are not ok', results.filter(({ ok }) => !ok).length, 0),
  ]
}
