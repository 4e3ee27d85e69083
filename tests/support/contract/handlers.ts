import type { Handlers } from '../../../shared/contract/contract.ts'
import type { RunPush } from '../../../shared/contract/contract.ts'

const notAsked = async (): Promise<never> => {
  throw new Error('this test asked for a command that it gave no handler')
}

/** A host that answers nothing but what a test gives it. */
export const makeHandlers = (given: Partial<Handlers>): Handlers => ({
  'run.start': notAsked,
  'run.resume': notAsked,
  'load.preview': notAsked,
  'run.find': notAsked,
  'run.stop': notAsked,
  'run.pause': notAsked,
  'run.resize': notAsked,
  'run.spans': notAsked,
  'runs.list': notAsked,
  'runs.show': notAsked,
  'runs.export': notAsked,
  'runs.delete': notAsked,
  'host.inspect': notAsked,
  'run.events': notAsked,
  ...given,
})

/** A push that is told by its cursor. */
export const pushAt = (cursor: number, text = ''): RunPush => ({
  cursor,
  event: { type: 'run.state', state: 'running', reason: text },
})
