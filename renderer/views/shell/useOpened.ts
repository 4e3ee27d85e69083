import { useRouter } from 'vue-router'

import { useComposeStore } from '../../stores/compose.ts'
import { useHostStore } from '../../stores/host.ts'
import { SINGLE_PLACES } from '../../stores/compose/texts.ts'

/** Shows as inputs of a new run what the person opens with the desktop app. */
export function useOpened(): void {
  const router = useRouter()
  useHostStore().host.onOpened?.(inputs => void show(inputs))

  const show = async (inputs: readonly string[]): Promise<void> => {
    await router.push('/')
    const store = useComposeStore()
    // More of them at once would be taken for a list that was pasted.
    for (let at = 0; at < inputs.length; at += SINGLE_PLACES)
      await store.addText(inputs.slice(at, at + SINGLE_PLACES).join('\n'))
  }
}
