/** A column of a {@link UiTable}. */
export interface TableColumn {
  readonly key: string
  readonly label: string
  /** Pixels, or `grow`: what is left is shared. */
  readonly width?: number | 'grow' | undefined
  readonly align?: 'end' | undefined
  readonly sortable?: boolean | undefined
}

export interface TableSort {
  readonly by: string
  readonly isDescending: boolean
}

const PLAIN_PX = 112
/** A column that grows gets at least this; a table narrower than its columns scrolls sideways. */
const GROW_LEAST_PX = 160

/** @returns `grid-template-columns` of its rows, and how narrow they may become. */
export function columnLayout(columns: readonly TableColumn[]): {
  readonly template: string
  readonly leastPx: number
} {
  const widths = columns.map(({ width }) => width ?? PLAIN_PX)
  return {
    template: widths
      .map(width => (width === 'grow' ? `minmax(${GROW_LEAST_PX}px, 1fr)` : `${width}px`))
      .join(' '),
    leastPx: widths.reduce<number>((sum, width) => sum + (width === 'grow' ? GROW_LEAST_PX : width), 0),
  }
}

/** @returns What a click on a column's head asks for: first the largest, then the smallest, then the order it came in. */
export function nextSort(sort: TableSort | null, by: string): TableSort | null {
  if (sort?.by !== by) return { by, isDescending: true }
  return sort.isDescending ? { by, isDescending: false } : null
}

/** @returns The row a key leads to; `undefined` for a key that leads nowhere. */
export function rowForKey(
  key: string,
  at: number,
  { rowCount, rowsPerView }: { readonly rowCount: number; readonly rowsPerView: number },
): number | undefined {
  const target: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + rowsPerView,
    PageUp: at - rowsPerView,
    Home: 0,
    End: rowCount - 1,
  }
  const row = target[key]
  return row === undefined || rowCount === 0 ? undefined : Math.min(rowCount - 1, Math.max(0, row))
}
