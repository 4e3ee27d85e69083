/**
 * Passes values on at most once in a while: the first at once, then the last one of each interval.
 *
 * @returns `pass` hands a value over; `flush` passes on at once what is held back; `cancel` drops it.
 */
export function atMostEvery<Value>(
  intervalMs: number,
  emit: (value: Value) => void,
): { readonly pass: (value: Value) => void; readonly flush: () => void; readonly cancel: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  let held: { readonly value: Value } | undefined

  const release = (): void => {
    timer = undefined
    if (held === undefined) return
    const { value } = held
    held = undefined
    timer = setTimeout(release, intervalMs)
    emit(value)
  }
  return {
    pass: value => {
      held = { value }
      if (timer === undefined) release()
    },
    flush: () => {
      clearTimeout(timer)
      release()
    },
    cancel: () => {
      clearTimeout(timer)
      timer = undefined
      held = undefined
    },
  }
}
