/**
 * True for `/a/b` and `C:\a\b`. Network paths such as `\\host\share` are none: opening one would send the user's
 * Windows credentials to that host.
 */
export const isAbsolutePath = (path: string): boolean => /^(\/|[A-Za-z]:[\\/])/.test(path)

/** The format that the ending of an output's name decides; `null` for an ending that means none. */
export function outputFormatOf(path: string): 'jsonl' | 'csv' | 'db' | null {
  if (path === '-') return 'jsonl'
  const ending = /[^\\/]\.(jsonl|csv|db)$/i.exec(path)?.[1]?.toLowerCase()
  return ending === 'jsonl' || ending === 'csv' || ending === 'db' ? ending : null
}

/** What an export may be written as: also a trace of the run's lanes, which is none of its results. */
export const isExportPath = (path: string): boolean =>
  outputFormatOf(path) !== null || /[^\\/]\.trace\.json$/i.test(path)
