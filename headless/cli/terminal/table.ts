import type { Ink } from './paint.ts'
import { cutLine, lineWidth, span, type Line, type Span } from './line.ts'

export interface Column<Row> {
  readonly title: string
  readonly align: 'left' | 'right'
  readonly cell: (row: Row) => Line | string
  /** Columns with the highest number are left out first where the table does not fit; 0 always stays. */
  readonly priority: number
  /** Keeps live numbers from shifting: the column is never narrower, in columns of the terminal. */
  readonly minWidth?: number
  /** Takes what is left, from `minWidth` on, and is cut to it. */
  readonly isFlexible?: boolean
}

const GAP = 2

/** @returns The header line, then a line for each row, all within `available` columns. */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  available: number,
  headerInk: Ink | null = 'dim',
): Line[] {
  const cells = rows.map(row => columns.map(column => asLine(column.cell(row))))
  const natural = columns.map((column, at) =>
    Math.max(
      column.minWidth ?? 0,
      lineWidth([span(column.title)]),
      ...(column.isFlexible === true ? [] : cells.map(line => lineWidth(line[at] ?? []))),
    ),
  )
  const shown = fitting(columns, natural, available)
  const widths = widen(columns, natural, shown, cells, available)
  const header = shown.map(at => [span(columns[at]!.title, headerInk)])
  return [header, ...cells.map(line => shown.map(at => line[at]!))].map(line =>
    cutLine(
      layOut(
        line,
        shown.map(at => columns[at]!.align),
        widths,
      ),
      available,
    ),
  )
}

const asLine = (cell: Line | string): Line => (typeof cell === 'string' ? [span(cell)] : cell)

/** Positions of the columns that fit side by side, in their order. */
function fitting<Row>(
  columns: readonly Column<Row>[],
  widths: readonly number[],
  available: number,
): number[] {
  let shown = columns.map((_, at) => at)
  const width = () => shown.reduce((sum, at) => sum + widths[at]! + GAP, -GAP)
  while (shown.length > 1 && width() > available) {
    const worst = shown.reduce((a, b) => (columns[b]!.priority >= columns[a]!.priority ? b : a))
    if (columns[worst]!.priority === 0) break
    shown = shown.filter(at => at !== worst)
  }
  return shown
}

function widen<Row>(
  columns: readonly Column<Row>[],
  natural: readonly number[],
  shown: readonly number[],
  cells: readonly (readonly Line[])[],
  available: number,
): number[] {
  const left = available - shown.reduce((sum, at) => sum + natural[at]! + GAP, -GAP)
  return shown.map(at => {
    if (columns[at]!.isFlexible !== true) return natural[at]!
    const wanted = Math.max(natural[at]!, ...cells.map(line => lineWidth(line[at] ?? [])))
    return Math.min(wanted, natural[at]! + Math.max(0, left))
  })
}

function layOut(
  cells: readonly Line[],
  aligns: readonly Column<never>['align'][],
  widths: readonly number[],
): Line {
  const line: Span[] = []
  for (const [at, cell] of cells.entries()) {
    if (at > 0) line.push(span(' '.repeat(GAP)))
    const shown = cutLine(cell, widths[at]!)
    const padding = span(' '.repeat(Math.max(0, widths[at]! - lineWidth(shown))))
    const isLast = at === cells.length - 1
    line.push(...(aligns[at] === 'right' ? [padding, ...shown] : isLast ? shown : [...shown, padding]))
  }
  return line
}
