interface PauseSwitch {
  /** Asks for the other state. */
  readonly turn: () => void
  /** Brings about what was asked for last; @throws What `set` throws, and the wish is dropped. */
  readonly work: () => Promise<void>
}

/**
 * Pauses a run and lets it go on. Turned again before the answer has come, which the run's state may overtake, it does
 * that next: no press of a key is lost.
 */
export function makePauseSwitch(run: {
  readonly isPaused: () => boolean
  readonly set: (isPaused: boolean) => Promise<unknown>
}): PauseSwitch {
  let wanted: boolean | null = null
  return {
    turn: () => {
      wanted = !(wanted ?? run.isPaused())
    },
    work: async () => {
      let asked: boolean | null = null
      try {
        while (wanted !== null && wanted !== asked) {
          asked = wanted
          await run.set(asked)
        }
      } finally {
        wanted = null
      }
    },
  }
}
