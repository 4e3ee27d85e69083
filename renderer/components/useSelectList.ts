import { nextTick, onBeforeUnmount, shallowRef, type ShallowRef } from 'vue'

import { placeList, type Placed } from './select-list.ts'

/**
 * Opens and closes the list of a select. It is in the browser's top layer and not moved in the page, so that it belongs
 * to the dialog its control is in.
 */
export function useSelectList(
  trigger: Readonly<ShallowRef<HTMLElement | null>>,
  list: Readonly<ShallowRef<HTMLElement | null>>,
): {
  readonly isOpen: Readonly<ShallowRef<boolean>>
  readonly placed: Readonly<ShallowRef<Placed | null>>
  readonly open: () => Promise<void>
  readonly close: () => void
} {
  const isOpen = shallowRef(false)
  const placed = shallowRef<Placed | null>(null)

  const open = async (): Promise<void> => {
    isOpen.value = true
    await nextTick()
    if (trigger.value === null || list.value === null) return
    trigger.value.focus()
    list.value.showPopover()
    const view = { width: window.innerWidth, height: window.innerHeight }
    placed.value = placeList(trigger.value.getBoundingClientRect(), view, list.value.scrollHeight)
    listen()
  }
  const close = (): void => {
    if (!isOpen.value) return
    listening.abort()
    isOpen.value = false
    placed.value = null
    list.value?.hidePopover()
  }

  // Before anything else hears it: Escape closes the list, not the dialog around it.
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    event.stopPropagation()
    close()
  }
  const onScroll = (event: Event): void => {
    if (!(event.target instanceof Node && list.value?.contains(event.target))) close()
  }
  let listening = new AbortController()
  const listen = (): void => {
    listening = new AbortController()
    const { signal } = listening
    window.addEventListener('keydown', onKey, { capture: true, signal })
    window.addEventListener('scroll', onScroll, { capture: true, signal })
    window.addEventListener('resize', close, { signal })
  }
  onBeforeUnmount(close)

  return { isOpen, placed, open, close }
}
