import type { AriaAttributes } from 'vue'

/** What every component hands on to its element without naming it: what is read aloud, and the pointer. */
declare module 'vue' {
  interface ComponentCustomProps extends AriaAttributes {
    id?: string | undefined
    tabindex?: number | undefined
    onPointermove?: ((event: PointerEvent) => void) | undefined
    onClick?: ((event: MouseEvent) => void) | undefined
  }
}

export {}
