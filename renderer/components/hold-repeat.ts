const FIRST_MS = 400
const NEXT_MS = 60
/** From then on each repeat counts for more: a long way is not waited for. */
const FAST_AFTER = 20
const FAST_STEPS = 10

/**
 * A button that does its work at once and, while it is held down, again and again.
 *
 * @param step Is told how many steps this time is worth.
 * @returns `press` begins, `release` ends it; to be released when the button goes away, too.
 */
export function holdRepeat(step: (steps: number) => void): {
  readonly press: () => void
  readonly release: () => void
} {
  let timer: ReturnType<typeof setTimeout> | undefined
  let repeats = 0

  const release = (): void => clearTimeout(timer)
  const repeat = (): void => {
    repeats += 1
    timer = setTimeout(repeat, NEXT_MS)
    step(repeats > FAST_AFTER ? FAST_STEPS : 1)
  }
  return {
    press: () => {
      release()
      repeats = 0
      timer = setTimeout(repeat, FIRST_MS)
      step(1)
    },
    release,
  }
}
