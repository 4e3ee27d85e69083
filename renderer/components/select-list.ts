/** Where the list of a select stands, and which option a key leads to. */

export interface Placed {
  readonly left: number
  readonly minWidth: number
  readonly maxHeight: number
  /** Either of them: the list hangs below its control, or stands above it. */
  readonly top: number | null
  readonly bottom: number | null
}

const GAP_PX = 4
const EDGE_PX = 8
const MOST_PX = 360
/** With less room than this below, the list goes where there is more. */
const ENOUGH_PX = 200

/**
 * @param control Where the control is in the view.
 * @param wantedPx How high the list would be.
 */
export function placeList(
  control: { readonly top: number; readonly bottom: number; readonly left: number; readonly width: number },
  view: { readonly width: number; readonly height: number },
  wantedPx: number,
): Placed {
  const below = view.height - control.bottom - GAP_PX - EDGE_PX
  const above = control.top - GAP_PX - EDGE_PX
  const isBelow = below >= Math.min(wantedPx, ENOUGH_PX) || below >= above
  return {
    left: Math.max(EDGE_PX, Math.min(control.left, view.width - EDGE_PX - control.width)),
    minWidth: control.width,
    maxHeight: Math.max(0, Math.min(MOST_PX, isBelow ? below : above)),
    top: isBelow ? control.bottom + GAP_PX : null,
    bottom: isBelow ? null : view.height - control.top + GAP_PX,
  }
}

/** @returns The option that a key leads to from `at`; `undefined` for a key that leads nowhere. */
export function optionForKey(key: string, at: number, count: number): number | undefined {
  if (count === 0) return undefined
  const target: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + 10,
    PageUp: at - 10,
    Home: 0,
    End: count - 1,
  }
  const option = target[key]
  return option === undefined ? undefined : Math.min(count - 1, Math.max(0, option))
}

/**
 * @param typed What was typed in quick succession; one letter again and again goes on to the next that begins so.
 * @returns The first option from `at` on, around the end, whose label begins so; `undefined` when none does.
 */
export function optionForText(typed: string, at: number, labels: readonly string[]): number | undefined {
  const isRepeated = typed.length > 1 && [...typed].every(letter => letter === typed[0])
  const wanted = (isRepeated ? typed[0]! : typed).toLowerCase()
  const from = wanted.length === 1 ? at + 1 : Math.max(0, at)
  const order = labels.map((_, index) => (from + index) % labels.length)
  return order.find(index => labels[index]!.toLowerCase().startsWith(wanted))
}
