import type { Output } from '../../shared/contract/contract.ts'
import { failureOf } from '../../shared/model/error.ts'
import type { Look, Looked, LookName } from './looks.ts'

/** @returns The answer to one question; it never rejects. */
export async function answerLook(look: Look): Promise<Looked> {
  const { id } = look
  try {
    return { type: 'looked', id, result: { output: await answer(look) } }
  } catch (error) {
    return { type: 'looked', id, result: { failure: failureOf(error) } }
  }
}

async function answer(look: Look): Promise<Output<LookName>> {
  switch (look.name) {
    case 'input.inspect':
      return (await import('./inspect.ts')).inspectInputs(look.input.inputs)
    case 'crawl.preview':
      return (await import('./crawl-preview.ts')).previewCrawl(look.input.job)
    case 'load.preview':
      return (await import('../load/preview.ts')).previewLoad(look.input.job)
    case 'job.read':
      return (await import('./read-job.ts')).readJob(look.input.path)
  }
}
