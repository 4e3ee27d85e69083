import { readFileSync, writeFileSync } from 'node:fs'

export interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Where a window is, in device-independent pixels; `null` lets the system choose. */
export interface WindowPlace {
  readonly x: number | null
  readonly y: number | null
  readonly width: number
  readonly height: number
  readonly isMaximized: boolean
  /** 0 is 100 %. */
  readonly zoomLevel: number
}

export const FIRST_PLACE: WindowPlace = {
  x: null,
  y: null,
  width: 1_280,
  height: 800,
  isMaximized: false,
  zoomLevel: 0,
}

const LEAST = { width: 960, height: 600 }
/** So much of the title bar must be on a screen, to be taken hold of. */
const SEEN_WIDTH = 120
const SEEN_HEIGHT = 40
const MOST_ZOOM = 5

/**
 * @param kept What was read back, which anybody may have written.
 * @param screens Work areas of the screens that are there now.
 * @returns A place that can be seen: one on a screen that is gone is given up, one too large is cut.
 */
export function correctPlace(kept: unknown, screens: readonly Rectangle[]): WindowPlace {
  const given = typeof kept === 'object' && kept !== null ? (kept as Readonly<Record<string, unknown>>) : {}
  const whole = (name: string): number | null =>
    Number.isSafeInteger(given[name]) ? (given[name] as number) : null
  const largest = {
    width: Math.max(LEAST.width, ...screens.map(screen => screen.width)),
    height: Math.max(LEAST.height, ...screens.map(screen => screen.height)),
  }
  const width = bounded(whole('width') ?? FIRST_PLACE.width, LEAST.width, largest.width)
  const height = bounded(whole('height') ?? FIRST_PLACE.height, LEAST.height, largest.height)
  const x = whole('x')
  const y = whole('y')
  const isSeen = x !== null && y !== null && screens.some(screen => shows(screen, { x, y, width, height }))
  return {
    x: isSeen ? x : null,
    y: isSeen ? y : null,
    width,
    height,
    isMaximized: given['isMaximized'] === true,
    zoomLevel: bounded(Number(given['zoomLevel'] ?? 0) || 0, -MOST_ZOOM, MOST_ZOOM),
  }
}

const bounded = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most)

/** Whether enough of the window's upper edge lies on the screen. */
function shows(screen: Rectangle, window: Rectangle): boolean {
  const width = Math.min(screen.x + screen.width, window.x + window.width) - Math.max(screen.x, window.x)
  const isInHeight = window.y >= screen.y - 1 && window.y + SEEN_HEIGHT <= screen.y + screen.height
  return width >= SEEN_WIDTH && isInHeight
}

/** @returns What was kept; `null` when there is nothing to be read. */
export function readPlace(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    // Never written, or not whole: then the window is where windows begin.
    return null
  }
}

/** A place that cannot be kept is no reason to disturb anybody. @returns Whether it is kept. */
export function keepPlace(file: string, place: WindowPlace): boolean {
  try {
    writeFileSync(file, JSON.stringify(place), { mode: 0o600 })
    return true
  } catch {
    return false
  }
}
