/**
 * @param work Done at most once for each frame that the page draws, however often it is asked for. A page that is not
 * looked at draws none: then the work waits until it is.
 * @returns Asks for the work; `cancel` takes that back.
 */
export function oncePerFrame(work: () => void): { (): void; cancel(): void } {
  let frame: number | null = null
  const ask = (): void => {
    frame ??= requestAnimationFrame(() => {
      frame = null
      work()
    })
  }
  const cancel = (): void => {
    if (frame !== null) cancelAnimationFrame(frame)
    frame = null
  }
  return Object.assign(ask, { cancel })
}
