import { shallowRef, type ShallowRef } from 'vue'

import type { Tone } from './tones.ts'

export interface ToastRequest {
  readonly tone: Tone
  readonly title: string
  readonly text?: string | undefined
  readonly action?: { readonly label: string; readonly run: () => void } | undefined
  /** How long it stays; `Infinity` until it is closed. Failures stay unless told otherwise. */
  readonly lastsMs?: number | undefined
}

export interface Toast extends ToastRequest {
  readonly id: number
}

/** More of them cover the page: the oldest gives way. */
const MOST_TOASTS = 4
const LASTS_MS = 6_000
/** Whoever is to act needs time to read and to reach. */
const LASTS_WITH_ACTION_MS = 10_000

interface Timer {
  handle: ReturnType<typeof setTimeout> | undefined
  leftMs: number
  sinceMs: number
}

/** The toasts of one page, and their time. */
export function createToasts(nowMs: () => number = () => performance.now()): {
  readonly toasts: Readonly<ShallowRef<readonly Toast[]>>
  readonly push: (request: ToastRequest) => number
  readonly close: (id: number) => void
  /** Stops the time of all of them: somebody is reading. */
  readonly hold: () => void
  readonly release: () => void
} {
  const toasts = shallowRef<readonly Toast[]>([])
  const timers = new Map<number, Timer>()
  let isHeld = false
  let nextId = 1

  const close = (id: number): void => {
    clearTimeout(timers.get(id)?.handle)
    timers.delete(id)
    toasts.value = toasts.value.filter(toast => toast.id !== id)
  }

  const start = (id: number, timer: Timer): void => {
    if (isHeld || timer.leftMs === Infinity) return
    timer.sinceMs = nowMs()
    timer.handle = setTimeout(() => close(id), timer.leftMs)
  }

  const push = (request: ToastRequest): number => {
    const id = nextId
    nextId += 1
    for (const old of toasts.value.slice(0, Math.max(0, toasts.value.length - MOST_TOASTS + 1))) close(old.id)
    toasts.value = [...toasts.value, { ...request, id }]
    const timer: Timer = { handle: undefined, leftMs: lastingMs(request), sinceMs: nowMs() }
    timers.set(id, timer)
    start(id, timer)
    return id
  }

  const hold = (): void => {
    if (isHeld) return
    isHeld = true
    for (const timer of timers.values()) {
      if (timer.handle === undefined) continue
      clearTimeout(timer.handle)
      timer.handle = undefined
      timer.leftMs = Math.max(0, timer.leftMs - (nowMs() - timer.sinceMs))
    }
  }

  const release = (): void => {
    if (!isHeld) return
    isHeld = false
    for (const [id, timer] of timers) start(id, timer)
  }

  return { toasts, push, close, hold, release }
}

const lastingMs = ({ tone, action, lastsMs }: ToastRequest): number =>
  lastsMs ?? (tone === 'failed' ? Infinity : action === undefined ? LASTS_MS : LASTS_WITH_ACTION_MS)

const page = createToasts()

/** Short messages at the edge of the page, for what has happened elsewhere or can be undone. */
export const useToasts = (): ReturnType<typeof createToasts> => page
