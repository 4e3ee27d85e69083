import {
  computed,
  onBeforeUnmount,
  onMounted,
  shallowRef,
  watch,
  type ComputedRef,
  type ShallowRef,
} from 'vue'

import {
  drawnAtPx,
  drawnRows,
  mostTop,
  scrollPx,
  scrollTopOf,
  seenRows,
  topOf,
  topShowing,
  type RowRange,
  type RowSpace,
} from './virtual-rows.ts'

/**
 * Follows a scrolled element and says which rows to draw, and where.
 *
 * @param scroller The element that scrolls; its head takes `headPx` of it and stays.
 */
export function useVirtualRows(
  scroller: Readonly<ShallowRef<HTMLElement | null>>,
  size: () => { readonly rowCount: number; readonly rowHeight: number; readonly headPx: number },
): {
  readonly drawn: ComputedRef<RowRange>
  readonly seen: ComputedRef<RowRange>
  readonly heightPx: ComputedRef<number>
  readonly offsetPx: ComputedRef<number>
  readonly rowsPerView: ComputedRef<number>
  readonly show: (row: number) => void
} {
  const viewPx = shallowRef(0)
  const top = shallowRef(0)
  const space = computed<RowSpace>(() => {
    const { rowCount, rowHeight } = size()
    return { rowCount, rowHeight, viewPx: viewPx.value }
  })
  const isScaled = computed(() => mostTop(space.value) > scrollPx(space.value))

  /** Where the scroll bar was put by hand of ours; anything else was the person's. */
  let placed = 0
  const onScroll = (): void => {
    const scrollTop = scroller.value?.scrollTop ?? 0
    if (isScaled.value && Math.abs(scrollTop - placed) <= 1) return
    placed = scrollTop
    top.value = topOf(scrollTop, space.value)
  }
  const moveTo = (target: number): void => {
    top.value = Math.min(mostTop(space.value), Math.max(0, target))
    placed = scrollTopOf(top.value, space.value)
    if (scroller.value !== null) scroller.value.scrollTop = placed
  }
  /** Where the scroll bar is coarser than a row, the wheel moves what is seen, and the bar follows. */
  const onWheel = (event: WheelEvent): void => {
    if (!isScaled.value || event.ctrlKey || event.deltaY === 0) return
    event.preventDefault()
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? space.value.rowHeight : 1
    moveTo(top.value + event.deltaY * unit)
  }

  listen(scroller, { onScroll, onWheel, onResize: px => (viewPx.value = Math.max(0, px - size().headPx)) })
  // Fewer rows than before: the browser moves its bar; a scaled one is moved here.
  watch(space, () => {
    if (top.value > mostTop(space.value) || isScaled.value) moveTo(top.value)
  })

  const drawn = computed(() => drawnRows(top.value, space.value))
  return {
    drawn,
    seen: computed(() => seenRows(top.value, space.value)),
    heightPx: computed(() => scrollPx(space.value)),
    offsetPx: computed(() => drawnAtPx(drawn.value.first, top.value, space.value)),
    rowsPerView: computed(() => Math.max(1, Math.floor(viewPx.value / space.value.rowHeight))),
    show: row => moveTo(topShowing(row, top.value, space.value)),
  }
}

interface Listeners {
  readonly onScroll: () => void
  readonly onWheel: (event: WheelEvent) => void
  /** @param heightPx Of what is seen, its head included. */
  readonly onResize: (heightPx: number) => void
}

function listen(scroller: Readonly<ShallowRef<HTMLElement | null>>, listeners: Listeners): void {
  const observer = new ResizeObserver(() => listeners.onResize(scroller.value?.clientHeight ?? 0))
  onMounted(() => {
    const element = scroller.value!
    observer.observe(element)
    element.addEventListener('scroll', listeners.onScroll, { passive: true })
    element.addEventListener('wheel', listeners.onWheel, { passive: false })
  })
  onBeforeUnmount(() => observer.disconnect())
}
