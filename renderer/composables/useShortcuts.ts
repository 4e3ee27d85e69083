import { onBeforeUnmount, onMounted } from 'vue'

/** Second keys of a sequence are waited for this long. */
const SEQUENCE_MS = 1_000

/**
 * Listens for keys while the component is there: single ones (`?`, ` `) and sequences of two (`g h`). A key that is
 * typed into a control, or with Ctrl, Alt or Cmd, is the control's or the browser's; a button takes only the space.
 */
export function useShortcuts(actions: Readonly<Record<string, () => void>>): void {
  let first: { readonly key: string; readonly atMs: number } | null = null
  const isBegun = (key: string): boolean => Object.keys(actions).some(name => name.startsWith(`${key} `))

  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTaken(event)) return
    const isSecond = first !== null && event.timeStamp - first.atMs < SEQUENCE_MS
    const name = isSecond ? `${first!.key} ${event.key}` : event.key
    const action = actions[name]
    first = action === undefined && isBegun(event.key) ? { key: event.key, atMs: event.timeStamp } : null
    if (action === undefined) return
    event.preventDefault()
    action()
  }

  onMounted(() => document.addEventListener('keydown', onKey))
  onBeforeUnmount(() => document.removeEventListener('keydown', onKey))
}

/** Controls that take every key themselves, sliders and the like left out; a dialog keeps every key to itself. */
const TAKES_KEYS =
  'input:not([type=range], [type=radio], [type=checkbox]), textarea, select, [contenteditable], [role=textbox], [role=listbox], [role=menu], [role=dialog]'
const TAKES_SPACE =
  'button, a[href], input, [role=button], [role=switch], [role=tab], [role=radio], [role=checkbox]'

/** Whether the key is for the control that it was pressed on. */
function isTaken({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false
  return target.closest(TAKES_KEYS) !== null || (key === ' ' && target.matches(TAKES_SPACE))
}
