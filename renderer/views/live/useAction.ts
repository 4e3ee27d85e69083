import { shallowRef, type ShallowRef } from 'vue'

import { failureOf } from '../../../shared/model/error.ts'
import { useToasts } from '../../components/useToasts.ts'
import { useText } from '../../composables/useText.ts'
import { useAdvice } from '../../composables/useAdvice.ts'

/**
 * @returns `run` does what a button asks for and says when it fails; `busy` names what is under way, so that nothing is
 * asked for twice.
 */
export function useAction<Name extends string>(): {
  readonly busy: ShallowRef<Name | null>
  readonly run: (name: Name, work: () => Promise<unknown>) => Promise<void>
} {
  const { t } = useText()
  const advice = useAdvice()
  const toasts = useToasts()
  const busy = shallowRef<Name | null>(null) as ShallowRef<Name | null>

  const run = async (name: Name, work: () => Promise<unknown>): Promise<void> => {
    if (busy.value !== null) return
    busy.value = name
    try {
      await work()
    } catch (error) {
      toasts.push({ tone: 'failed', title: t('live.failed'), text: advice(failureOf(error)) })
    } finally {
      busy.value = null
    }
  }
  return { busy, run }
}
