import { computed, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'

import { rowForKey } from './table-columns.ts'
import type { RowRange } from './virtual-rows.ts'

/**
 * The row of a table that keys move; the focus itself stays on the table.
 *
 * @param id Of the table; rows have it with their number.
 * @returns `onKey` for the table's `keydown`, and the id of the active row while it is drawn.
 */
export function useActiveRow(
  id: string,
  table: () => { readonly rowCount: number; readonly selected: number | null; readonly rowsPerView: number },
  drawn: Readonly<ShallowRef<RowRange>>,
  on: { readonly show: (row: number) => void; readonly open: (row: number) => void },
): {
  readonly active: ShallowRef<number>
  readonly activeId: ComputedRef<string | undefined>
  readonly onKey: (event: KeyboardEvent) => void
} {
  const active = shallowRef(0)
  watch(
    () => table().selected,
    row => {
      if (row !== null) active.value = row
    },
    { immediate: true },
  )
  watch(
    () => table().rowCount,
    count => (active.value = Math.max(0, Math.min(active.value, count - 1))),
  )
  const activeId = computed(() => {
    const { first, last } = drawn.value
    return active.value >= first && active.value <= last ? `${id}-${active.value}` : undefined
  })

  const onKey = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Enter') {
      if (table().rowCount > 0) on.open(active.value)
      return
    }
    const row = rowForKey(event.key, active.value, table())
    if (row === undefined) return
    event.preventDefault()
    active.value = row
    on.show(row)
  }
  return { active, activeId, onKey }
}
