import type { IconName } from './icons.ts'

/** One line of a menu: something that can be picked, or a line between groups. */
export type MenuItem =
  | {
      readonly key: string
      readonly label: string
      readonly icon?: IconName | undefined
      /** Shown, not listened to. */
      readonly shortcut?: string | undefined
      readonly danger?: boolean | undefined
      readonly disabled?: boolean | undefined
      readonly separator?: undefined
    }
  | { readonly key: string; readonly separator: true }
