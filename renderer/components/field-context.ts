import { computed, inject, provide, type ComputedRef, type InjectionKey } from 'vue'

/** What a field tells the control within it, so that label, hint and error belong to it. */
export interface FieldContext {
  readonly id: string
  readonly describedBy: ComputedRef<string | undefined>
  readonly isInvalid: ComputedRef<boolean>
}

const FIELD: InjectionKey<FieldContext> = Symbol('field')

export const provideField = (context: FieldContext): void => provide(FIELD, context)

/**
 * @param id The control's own id, which wins over the field's.
 * @returns The attributes of a control within a field, or of one that stands alone.
 */
export function useControl(
  id: () => string | undefined,
): ComputedRef<{ id: string | undefined; 'aria-describedby': string | undefined; isInvalid: boolean }> {
  const field = inject(FIELD, null)
  return computed(() => ({
    id: id() ?? field?.id,
    'aria-describedby': field?.describedBy.value,
    isInvalid: field?.isInvalid.value ?? false,
  }))
}
