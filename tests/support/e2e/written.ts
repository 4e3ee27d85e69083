import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

import type { Page } from '@playwright/test'

/** Waits for a file that the page hands over while something is done. @returns Its lines. */
export async function linesOfDownload(page: Page, work: () => Promise<void>): Promise<readonly string[]> {
  const [download] = await Promise.all([page.waitForEvent('download'), work()])
  return readFileSync(await download.path(), 'utf8')
    .trimEnd()
    .split('\n')
}

/** A CSV of people whose names have commas in them. */
export function peopleCsv(count: number): string {
  const rows = Array.from({ length: count }, (_, at) => `${at},"name ${at}, quoted",${at % 7}`)
  return `id,name,group\n${rows.join('\n')}\n`
}

/** @returns How many people a load has left in an SQLite file, and the last of their names. */
export function peopleIn(file: string): object {
  using database = new DatabaseSync(file, { readOnly: true })
  return { ...database.prepare('SELECT count(*) AS count, max(name) AS last FROM records').get() }
}
