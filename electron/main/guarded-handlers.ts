import { dirname } from 'node:path'

import type { Handlers } from '../../shared/contract/contract.ts'
import { JobError } from '../../shared/model/error.ts'
import { isAbsolutePath } from '../../shared/model/path.ts'
import type { Grants } from './grants.ts'
import { namedPaths } from './named-paths.ts'

/** Asks the person, in a dialog that no page can reach. */
export type AskPath = (what: 'read' | 'write', path: string) => Promise<boolean>

/** Nothing is read or written there: what a form begins with counts when it is started. */
const UNGUARDED: readonly string[] = ['settings.set']

type AnyHandler = (input: unknown, port: unknown) => unknown

/**
 * The engine's handlers for pages of the desktop app: a path that a page says, in whatever command, is taken only when the
 * person has handed it over, or agrees now.
 */
export function guardHandlers(handlers: Handlers, grants: Grants, ask: AskPath): Handlers {
  const allow = async (what: 'read' | 'write', path: string): Promise<void> => {
    if (what === 'read' ? grants.mayRead(path) : grants.mayWrite(path)) return
    if (!isAbsolutePath(path) || !(await ask(what, path))) throw refused(path)
    if (what === 'read') await grants.grant(path)
    else grants.allowFolder(dirname(path))
  }
  const guard = (name: string, handler: AnyHandler): AnyHandler =>
    UNGUARDED.includes(name)
      ? handler
      : async (input, port) => {
          // One after the other, so that there is one question at a time.
          for (const { what, path } of namedPaths(input)) await allow(what, path)
          return await handler(input, port)
        }
  const guarded = Object.entries(handlers).map(([name, handler]) => [
    name,
    guard(name, handler as AnyHandler),
  ])
  return { ...(Object.fromEntries(guarded) as Handlers), ...remembering(handlers, grants) }
}

/** What the host itself says of files is as good as handed over. */
const remembering = (handlers: Handlers, grants: Grants): Pick<Handlers, 'upload.end' | 'runs.show'> => ({
  'upload.end': async input => {
    const answer = await handlers['upload.end'](input)
    grants.remember(answer.path)
    return answer
  },
  'runs.show': async input => {
    const detail = await handlers['runs.show'](input)
    if (detail.job.kind !== 'cpu') detail.job.inputs.forEach(path => grants.remember(path))
    return detail
  },
})

const refused = (path: string): JobError =>
  new JobError(
    'E_AUTH',
    `${path} was not handed to this app: drop it, choose it, or agree when you are asked`,
  )
