import { inject } from 'vitest'
import { CommandFolder } from './command-folder.ts'

export { documentOf, type Crawled, type ResultLine } from './command-folder.ts'
export { linesOf, type Ended, type EventLine, type RunningCommand } from './running-command.ts'

const END_TIMEOUT_MS = 60_000

/** A folder of a test, and the commands that run in it: the built ones, all of which end within a minute. */
export class Workbench extends CommandFolder {
  constructor() {
    super({ command: inject('command'), endTimeoutMs: END_TIMEOUT_MS })
  }
}
