import type { Client } from '../../../shared/contract/contract.ts'
import { useToasts } from '../../components/useToasts.ts'
import { useText } from '../../composables/useText.ts'
import { compareAfter, type StartRequest } from './start.ts'

/** Compares a load with its destination when it is done, and says so wherever the person is by then. */
export async function announceComparison(
  client: Client,
  runId: string,
  request: StartRequest,
): Promise<void> {
  const { t } = useText()
  const { push } = useToasts()
  try {
    const comparison = await compareAfter(client, runId, request)
    if (comparison === null) return
    const open = (): void => {
      location.hash = `#/runs/${comparison}`
    }
    push({
      tone: 'neutral',
      title: t('compose.verify.begun'),
      action: { label: t('compose.verify.show'), run: open },
    })
  } catch (error) {
    push({ tone: 'failed', title: t('compose.verify.failed'), text: (error as Error).message })
  }
}
