import { computed, shallowRef, watch, type ComputedRef, type Ref } from 'vue'

import { followEnd, wholeRun, type StreamView } from '../../charts/stream/viewport.ts'

/** The newest part of a living run that is shown at first. */
const FIRST_MS = 30_000

/** What is looked at: all of a run that has ended, the newest of one that lives, until somebody looks elsewhere. */
export function useStreamView(
  endMs: ComputedRef<number>,
  isAlive: () => boolean,
): {
  readonly view: ComputedRef<StreamView>
  readonly isFollowing: Readonly<Ref<boolean>>
  readonly look: (view: StreamView) => void
  readonly follow: () => void
} {
  const isFollowing = shallowRef(isAlive())
  /** `null` as long as nobody has looked elsewhere. */
  const looked = shallowRef<StreamView | null>(null)
  const first = computed(() => {
    const all = wholeRun({ endMs: endMs.value })
    return isFollowing.value ? { ...all, fromMs: Math.max(0, all.toMs - FIRST_MS) } : all
  })
  const view = computed(() => looked.value ?? first.value)

  watch(endMs, now => {
    if (isFollowing.value && looked.value !== null) looked.value = followEnd(looked.value, now)
  })
  watch(isAlive, alive => {
    // What was seen last stays.
    if (!alive && isFollowing.value) {
      looked.value = view.value
      isFollowing.value = false
    }
  })
  return {
    view,
    isFollowing,
    look: wanted => {
      const isAtEnd = wanted.toMs >= endMs.value - (wanted.toMs - wanted.fromMs) * 0.01
      isFollowing.value = isAlive() && isAtEnd && isFollowing.value
      looked.value = wanted
    },
    follow: () => {
      isFollowing.value = !isFollowing.value
      looked.value = isFollowing.value ? followEnd(view.value, endMs.value) : view.value
    },
  }
}
