import { contract, type Handlers } from '../../../shared/contract/contract.ts'
import type { RunPush } from '../../../shared/contract/contract.ts'

const notAsked = async (): Promise<never> => {
  throw new Error('this test asked for a command that it gave no handler')
}

/** A host that answers nothing but what a test gives it. */
export const makeHandlers = (given: Partial<Handlers>): Handlers => ({
  ...(Object.fromEntries(Object.keys(contract).map(name => [name, notAsked])) as unknown as Handlers),
  ...given,
})

/** A push that is told by its cursor. */
export const pushAt = (cursor: number, text = ''): RunPush => ({
  cursor,
  elapsedMs: 0,
  event: { type: 'run.state', state: 'running', reason: text },
})
