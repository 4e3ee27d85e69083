import type { Client, RunPush } from '../../../shared/contract/contract.ts'
import { JobError } from '../../../shared/model/error.ts'

/** Waited before a subscription that this page was too slow for is taken up again. */
const AGAIN_MS = 200

interface Follower {
  onPush(push: RunPush): void
  /** The stream ended by itself, after the summary, or could not be had: `error`. It is not taken up again. */
  onEnd(error: Error | null): void
}

/**
 * Follows a run's events. A subscription that the host ended because this page was slow is taken up again after the
 * last event seen.
 *
 * @param cursor The last event already seen; 0 for none.
 * @returns Ends it; the follower hears nothing afterwards.
 */
export function followEvents(
  client: Client,
  { runId, cursor }: { readonly runId: string; readonly cursor: number },
  follower: Follower,
): () => void {
  let seen = cursor
  let isOver = false
  let stop: (() => void) | null = null
  let timer: ReturnType<typeof setTimeout> | null = null

  const end = (error: Error | null): void => {
    if (isOver) return
    isOver = true
    follower.onEnd(error)
  }
  const subscribe = (): void => {
    timer = null
    try {
      stop = client.on(
        'run.events',
        { runId, cursor: seen },
        push => {
          if (isOver) return
          seen = push.cursor
          follower.onPush(push)
        },
        error => {
          if (isOver) return
          if (error instanceof JobError && error.code === 'E_LIMIT') timer = setTimeout(subscribe, AGAIN_MS)
          else end(error)
        },
      )
    } catch (error) {
      // The wire closed meanwhile; the host store hears of it, and whoever follows begins anew.
      end(error as Error)
    }
  }
  subscribe()
  return () => {
    isOver = true
    if (timer !== null) clearTimeout(timer)
    stop?.()
  }
}
