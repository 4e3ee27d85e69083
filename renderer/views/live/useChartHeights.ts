import { onBeforeUnmount, onMounted, shallowRef, type ShallowRef } from 'vue'

/** Where a page is as wide as this, details stand beside the charts, which then have its whole height. */
const WIDE = '(min-width: 1680px)'
/** Heights where the page has no more room, in pixels: throughput, latency, in flight. */
const LEAST = [86, 86, 76] as const
const SHARES = [0.38, 0.36, 0.26] as const

/**
 * @param placePx Height of what the charts may fill, in pixels.
 * @returns Heights of the three charts.
 */
export function chartHeights(placePx: number): readonly [number, number, number] {
  const at = (index: 0 | 1 | 2): number => Math.max(LEAST[index], Math.floor(placePx * SHARES[index]))
  return [at(0), at(1), at(2)]
}

/** @returns Heights that fill `place` on a wide page, and are the least ones on others. */
export function useChartHeights(
  place: Readonly<ShallowRef<HTMLElement | null>>,
): Readonly<ShallowRef<readonly [number, number, number]>> {
  const heights = shallowRef(chartHeights(0))
  const wide = matchMedia(WIDE)
  const measure = (): void => {
    heights.value = chartHeights(wide.matches ? (place.value?.clientHeight ?? 0) : 0)
  }
  const resized = new ResizeObserver(measure)
  onMounted(() => {
    if (place.value !== null) resized.observe(place.value)
    wide.addEventListener('change', measure)
  })
  onBeforeUnmount(() => {
    resized.disconnect()
    wide.removeEventListener('change', measure)
  })
  return heights
}
