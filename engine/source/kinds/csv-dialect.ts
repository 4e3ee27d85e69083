/**
 * Cells are separated by what the first row shows, or by what an Excel `sep=` line says.
 *
 * @param head The first characters, without byte order mark; every character of a `sep=` line is one unit of the data.
 * @param fixed The delimiter where it is known.
 */
export function detectDialect(
  head: string,
  fixed: string | null,
): { readonly delimiter: string; readonly unitsToSkip: number } {
  if (fixed !== null) return { delimiter: fixed, unitsToSkip: 0 }
  const stated = /^sep=(.)(?:\r\n|\r|\n)/.exec(head)
  if (stated?.[1] !== undefined) return { delimiter: stated[1], unitsToSkip: stated[0].length }
  // A quoted cell of the first row may hold line ends.
  const row = /^[\r\n]*((?:"[^"]*"|[^\r\n])*)/.exec(head)?.[1] ?? ''
  const line = row.replace(/"[^"]*"/g, '')
  const other = line.includes(',') ? undefined : ['\t', ';'].find(candidate => line.includes(candidate))
  return { delimiter: other ?? ',', unitsToSkip: 0 }
}
