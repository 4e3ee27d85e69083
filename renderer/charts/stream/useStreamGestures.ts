import type { Ref } from 'vue'

import { msAt, type StreamLayout } from './layout.ts'
import { panBy, zoomAt, type StreamView } from './viewport.ts'

const WHEEL_ZOOM = 0.0025
const KEY_ZOOM = 0.7
const KEY_PAN = 0.15
const DRAG_FROM_PX = 3

interface GestureParts {
  readonly view: () => StreamView
  readonly layout: () => StreamLayout
  readonly look: (view: StreamView) => void
  readonly click: (x: number, y: number) => void
  readonly point: (x: number, y: number) => void
  readonly whole: () => void
}

/** Moves the view by wheel, drag, pinch and keys; a press that does not move is a click. */
export function useStreamGestures(canvas: Ref<HTMLElement | null>, parts: GestureParts) {
  const pointers = new Map<number, { x: number; y: number }>()
  let movedPx = 0
  let isPinch = false

  const placeOf = ({ clientX, clientY }: { readonly clientX: number; readonly clientY: number }) => {
    const { left, top } = canvas.value!.getBoundingClientRect()
    return { x: clientX - left, y: clientY - top }
  }
  const msPerPx = (): number => {
    const { fromMs, toMs } = parts.view()
    return (toMs - fromMs) / parts.layout().plotWidthPx
  }
  const zoom = (factor: number, x: number): void => {
    const atMs = msAt(parts.layout(), parts.view(), Math.max(parts.layout().gutterPx, x))
    parts.look(zoomAt(parts.view(), factor, atMs))
  }
  const pan = (xPx: number, yPx: number): void =>
    parts.look(panBy(parts.view(), -xPx * msPerPx(), -yPx / parts.layout().rowPx))

  const onWheel = (event: WheelEvent): void => {
    event.preventDefault()
    const scale = event.deltaMode === 1 ? 20 : 1
    const [deltaX, deltaY] = [event.deltaX * scale, event.deltaY * scale]
    // A pinch on a touchpad comes as a wheel with Ctrl.
    if (event.ctrlKey || event.metaKey) {
      zoom(Math.exp(Math.max(-200, Math.min(200, deltaY)) * WHEEL_ZOOM), placeOf(event).x)
      return
    }
    const { rows, rowsSeen } = parts.layout()
    const scrolls = rows > rowsSeen && !event.shiftKey
    if (scrolls) pan(-deltaX, -deltaY)
    else pan(-(deltaX + deltaY), 0)
  }
  const onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0) return
    canvas.value!.setPointerCapture(event.pointerId)
    pointers.set(event.pointerId, placeOf(event))
    movedPx = 0
    isPinch = pointers.size > 1
  }
  const pinch = (event: PointerEvent, place: { x: number; y: number }): void => {
    const others = [...pointers].filter(([id]) => id !== event.pointerId).map(([, at]) => at)
    const other = others[0]!
    const before = pointers.get(event.pointerId)!
    const [beforePx, nowPx] = [before, place].map(at => Math.max(10, Math.abs(at.x - other.x)))
    zoom(beforePx! / nowPx!, other.x)
  }
  const onPointerMove = (event: PointerEvent): void => {
    const place = placeOf(event)
    const before = pointers.get(event.pointerId)
    if (before === undefined) {
      parts.point(place.x, place.y)
      return
    }
    movedPx += Math.abs(place.x - before.x) + Math.abs(place.y - before.y)
    if (pointers.size > 1) pinch(event, place)
    else if (movedPx >= DRAG_FROM_PX) pan(place.x - before.x, place.y - before.y)
    else return
    pointers.set(event.pointerId, place)
  }
  const onPointerUp = (event: PointerEvent): void => {
    const place = placeOf(event)
    const wasDown = pointers.delete(event.pointerId)
    if (wasDown && event.type === 'pointerup' && movedPx < DRAG_FROM_PX && !isPinch)
      parts.click(place.x, place.y)
  }
  const onDoubleClick = (event: MouseEvent): void => zoom(0.4, placeOf(event).x)

  const middle = (): number => parts.layout().gutterPx + parts.layout().plotWidthPx / 2
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => pan(parts.layout().plotWidthPx * KEY_PAN, 0),
    ArrowRight: () => pan(-parts.layout().plotWidthPx * KEY_PAN, 0),
    ArrowUp: () => pan(0, parts.layout().rowPx * 3),
    ArrowDown: () => pan(0, -parts.layout().rowPx * 3),
    PageUp: () => pan(0, parts.layout().lanesHeightPx),
    PageDown: () => pan(0, -parts.layout().lanesHeightPx),
    '+': () => zoom(KEY_ZOOM, middle()),
    '=': () => zoom(KEY_ZOOM, middle()),
    '-': () => zoom(1 / KEY_ZOOM, middle()),
    Home: () => parts.look(panBy(parts.view(), -parts.view().fromMs, 0)),
    End: () => parts.look(panBy(parts.view(), Number.MAX_SAFE_INTEGER / 4, 0)),
    '0': () => parts.whole(),
  }
  /** @returns Whether the key was one of the view's. */
  const onKey = (event: KeyboardEvent): boolean => {
    const action = keys[event.key]
    if (action === undefined || event.ctrlKey || event.metaKey || event.altKey) return false
    event.preventDefault()
    // The page has shortcuts of its own for digits.
    event.stopPropagation()
    action()
    return true
  }
  return {
    onWheel,
    onPointerDown,
    onPointerMove,
    onPointerUp,
    onDoubleClick,
    onKey,
    zoom: (factor: number) => zoom(factor, middle()),
  }
}
