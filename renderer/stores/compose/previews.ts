import { shallowRef, watch, type ComputedRef } from 'vue'

import type { Client } from '../../../shared/contract/contract.ts'
import type { Parallelism } from '../../../shared/model/fields/parallelism.ts'
import type { CrawlPreview } from '../../../shared/model/input-report.ts'
import type { JobSpec } from '../../../shared/model/job.ts'
import type { LoadPreview } from '../../../shared/model/load-preview.ts'

/** What is typed is asked about once nothing more is typed for so long. */
const QUIET_MS = 300

export type Preview =
  | { readonly kind: 'crawl'; readonly preview: CrawlPreview }
  | { readonly kind: 'load'; readonly preview: LoadPreview }

/** What the host says of the job while it is composed. */
export function composePreviews(client: () => Client, job: ComputedRef<JobSpec | null>) {
  const preview = shallowRef<Preview | null>(null)
  const previewProblem = shallowRef<Error | null>(null)
  const isPreviewing = shallowRef(false)
  const decided = shallowRef<Parallelism | null>(null)
  const decideProblem = shallowRef<Error | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let asked = 0

  const ask = async (wanted: JobSpec, turn: number): Promise<void> => {
    const isCurrent = (): boolean => turn === asked
    const [decision, seen] = await Promise.allSettled([
      client().call('job.decide', { job: wanted }),
      previewOf(client(), wanted),
    ])
    if (!isCurrent()) return
    decided.value = decision.status === 'fulfilled' ? decision.value : null
    decideProblem.value = decision.status === 'rejected' ? (decision.reason as Error) : null
    preview.value = seen.status === 'fulfilled' ? seen.value : null
    previewProblem.value = seen.status === 'rejected' ? (seen.reason as Error) : null
    isPreviewing.value = false
  }

  const askSoon = (): void => {
    clearTimeout(timer)
    asked += 1
    decided.value = null
    decideProblem.value = null
    const wanted = job.value
    isPreviewing.value = wanted !== null && wanted.kind !== 'cpu'
    if (wanted === null || wanted.kind !== preview.value?.kind) preview.value = null
    if (wanted === null) previewProblem.value = null
    else timer = setTimeout(() => void ask(wanted, asked), QUIET_MS)
  }
  watch(() => JSON.stringify(job.value), askSoon, { immediate: true })

  return { preview, previewProblem, isPreviewing, decided, decideProblem }
}

async function previewOf(client: Client, job: JobSpec): Promise<Preview | null> {
  if (job.kind === 'crawl') return { kind: 'crawl', preview: await client.call('crawl.preview', { job }) }
  if (job.kind === 'load') return { kind: 'load', preview: await client.call('load.preview', { job }) }
  return null
}
